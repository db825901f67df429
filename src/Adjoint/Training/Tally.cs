using Adjoint.Data;

namespace Adjoint.Training;

/// <summary>Sums over batches, so that a short last batch does not count as a whole one.</summary>
internal sealed class Tally
{
    double _loss;
    long? _correct;

    public long Rows { get; private set; }

    public Score Score => new(Rows == 0 ? double.NaN : _loss / Rows, Rows == 0 ? null : (double?)_correct / Rows, Rows);

    public void Add(Objective objective, double loss, Tensor output, Batch batch)
    {
        Rows += batch.Count;
        _loss += loss * batch.Count;
        if (objective.CountCorrect is null) return;
        using NoGrad off = NoGrad.Scope();
        _correct = (_correct ?? 0) + objective.CountCorrect(output, batch.Targets);
    }
}
