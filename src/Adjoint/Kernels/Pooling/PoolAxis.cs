namespace Adjoint.Kernels.Pooling;

/// <summary>Which inputs an output of a pooling looks at along one axis.</summary>
/// <remarks>Sliding windows of a fixed size, or (Kernel = 0) windows that divide the axis as evenly as whole numbers allow: from ⌊o·In/Out⌋ to ⌈(o+1)·In/Out⌉.</remarks>
internal readonly record struct PoolAxis(long In, long Out, long Kernel, long Stride, long Before, long Dilation, bool CountPadding)
{
    public static PoolAxis Adaptive(long input, long output) => new(input, output, 0, 0, 0, 1, false);

    /// <summary>The most elements of a window.</summary>
    public long Taps => Kernel > 0 ? Kernel : In % Out == 0 ? In / Out : In / Out + 2;

    /// <summary>The input under the first tap of an output; it may lie outside.</summary>
    public long Start(long output) => Kernel == 0 ? output * In / Out : output * Stride - Before;

    /// <summary>The existing inputs of an output, <see cref="Dilation"/> apart.</summary>
    public (long First, long End) Window(long output)
    {
        long first = Start(output);
        if (Kernel == 0) return (first, ((output + 1) * In + Out - 1) / Out);
        long end = Math.Min(first + (Kernel - 1) * Dilation + 1, In);
        if (first < 0) first += (-first + Dilation - 1) / Dilation * Dilation;
        return (first, end);
    }

    /// <summary>How many inputs all outputs look at, one counted as often as it is looked at.</summary>
    public long Reads
    {
        get
        {
            long taps = 0;
            for (long output = 0; output < Out; output++)
            {
                (long first, long end) = Window(output);
                taps += Math.Max(end - first + Dilation - 1, 0) / Dilation;
            }

            return taps;
        }
    }

    /// <summary>What a mean over the window divides by: positions in the padding may count, those beyond it never do.</summary>
    public long Divisor(long output)
    {
        (long first, long end) = Window(output);
        if (!CountPadding) return end - first;
        long start = output * Stride - Before;
        return Math.Min(start + Kernel, In + Before) - start;
    }
}

/// <summary>The sizes of one pooling: planes (images times channels) and how windows lie on their two axes.</summary>
internal readonly record struct PoolPlan(long Planes, PoolAxis H, PoolAxis W)
{
    public long InPlane => H.In * W.In;
    public long OutPlane => H.Out * W.Out;

    /// <summary>How many inputs all outputs look at.</summary>
    public long Reads => Planes * H.Reads * W.Reads;

    /// <summary>Bands of outputs and of inputs.</summary>
    public Bands Outputs => new(Planes, H.Out, W.Out);
    public Bands Inputs => new(Planes, H.In, W.In);

    /// <summary>The most elements of a window.</summary>
    public long Window => H.Taps * W.Taps;
}

/// <summary>Planes cut into bands of rows, so that a few large ones are shared out too: one band to an item.</summary>
internal readonly record struct Bands(long Planes, long Rows, long RowLength)
{
    const long Elements = 1 << 16;

    long PerPlane => Math.Clamp(Rows * RowLength / Elements, 1, Rows);

    /// <summary>The number of bands.</summary>
    public long Count => Planes * PerPlane;

    /// <summary>A band's plane, its first row and the row after its last.</summary>
    public (long Plane, long First, long End) this[long item]
    {
        get
        {
            long band = item % PerPlane;
            return (item / PerPlane, band * Rows / PerPlane, (band + 1) * Rows / PerPlane);
        }
    }
}
