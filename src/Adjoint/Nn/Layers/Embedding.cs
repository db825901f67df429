namespace Adjoint.Nn;

/// <summary>A table from numbers to vectors: <c>y[…, :] = table[x[…], :]</c>.</summary>
/// <remarks>Shapes: x […] of integers → y […, C]; the table is [V, C] and starts standard normal, as is usual; transformers want a smaller deviation.</remarks>
[PyTorch("torch.nn.Embedding", Differs = "Takes a generator. `padding_idx` is not negative. No `max_norm`, `scale_grad_by_freq`, `sparse`.")]
public sealed class Embedding : Layer
{
    readonly long? _padding;

    /// <summary>Draws the table.</summary>
    /// <param name="count">V, the number of rows.</param>
    /// <param name="size">C, the length of a row.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="deviation">The deviation of the initial values.</param>
    /// <param name="paddingIndex">A row that starts as zeros and gets no gradient.</param>
    /// <param name="dtype">The element type of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the padding index is no row.</exception>
    public Embedding(long count, long size, Generator random, double deviation = 1, long? paddingIndex = null, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Tensor table = random.Normal([count, size], 0, deviation, dtype);
        if (paddingIndex is { } padding)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(padding, nameof(paddingIndex));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(padding, count, nameof(paddingIndex));
            table.ViewAs([size], [1], padding * size).Fill(0);
        }

        Weight = table.AsParameter();
        _padding = paddingIndex;
    }

    /// <summary>The table, [V, C].</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Embedding(Weight, _padding);
}
