using Adjoint.Data;

namespace Adjoint.Training;

/// <summary>Sums over batches, so that a short last batch does not count as a whole one.</summary>
/// <param name="loss">The sum of the losses of the rows so far.</param>
/// <param name="correct">How many of them were right.</param>
/// <param name="rows">How many there were.</param>
internal sealed class Tally(double loss = 0, long? correct = null, long rows = 0)
{
    public double Loss { get; private set; } = loss;

    public long? Correct { get; private set; } = correct;

    public long Rows { get; private set; } = rows;

    public Score Score => new(Rows == 0 ? double.NaN : Loss / Rows, Rows == 0 ? null : (double?)Correct / Rows, Rows);

    public void Add(Objective objective, double loss, Tensor output, Batch batch)
    {
        Rows += batch.Count;
        Loss += loss * batch.Count;
        if (objective.CountCorrect is null) return;
        using NoGrad off = NoGrad.Scope();
        Correct = (Correct ?? 0) + objective.CountCorrect(output, batch.Targets);
    }
}
