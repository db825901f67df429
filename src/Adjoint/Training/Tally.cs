using Adjoint.Data;

namespace Adjoint.Training;

/// <summary>Sums over batches, so that a short last batch does not count as a whole one.</summary>
/// <param name="loss">The sum of the losses of the rows so far.</param>
/// <param name="correct">How many of them were right.</param>
/// <param name="rows">How many there were.</param>
internal sealed class Tally(double loss = 0, long? correct = null, long rows = 0)
{
    double _weight = rows;

    public double Loss { get; private set; } = loss;

    public long? Correct { get; private set; } = correct;

    public long Rows { get; private set; } = rows;

    public Score Score => new(Rows == 0 ? double.NaN : Loss / _weight, Rows == 0 ? null : (double?)Correct / Rows, Rows);

    /// <summary>Adds a batch.</summary>
    /// <param name="objective">What counts right answers.</param>
    /// <param name="loss">The mean loss.</param>
    /// <param name="output">The model's.</param>
    /// <param name="batch">What it was asked.</param>
    /// <param name="weight">What the mean divides by; the rows where nobody knows.</param>
    public void Add(Objective objective, double loss, Tensor output, Batch batch, double? weight = null)
    {
        Rows += batch.Count;
        _weight += weight ?? batch.Count;
        Loss += loss * (weight ?? batch.Count);
        if (objective.CountCorrect is null) return;
        using NoGrad off = NoGrad.Scope();
        Correct = (Correct ?? 0) + objective.CountCorrect(output, batch.Targets);
    }
}
