namespace Adjoint.Kernels.Pooling;

/// <summary>Which inputs an output of a pooling looks at along one axis.</summary>
/// <remarks>Sliding windows of a fixed size, or (Kernel = 0) windows that divide the axis as evenly as whole numbers allow: from ⌊o·In/Out⌋ to ⌈(o+1)·In/Out⌉.</remarks>
internal readonly record struct PoolAxis(long In, long Out, long Kernel, long Stride, long Before, long Dilation, bool CountPadding)
{
    public static PoolAxis Adaptive(long input, long output) => new(input, output, 0, 0, 0, 1, false);

    /// <summary>The existing inputs of an output, <see cref="Dilation"/> apart.</summary>
    public (long First, long End) Window(long output)
    {
        if (Kernel == 0) return (output * In / Out, ((output + 1) * In + Out - 1) / Out);
        long first = output * Stride - Before, end = Math.Min(first + (Kernel - 1) * Dilation + 1, In);
        if (first < 0) first += (-first + Dilation - 1) / Dilation * Dilation;
        return (first, end);
    }

    /// <summary>How many inputs all outputs look at, one counted as often as it is looked at.</summary>
    public long Taps
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
    public long Taps => Planes * H.Taps * W.Taps;

    /// <summary>Rows of outputs, all planes together.</summary>
    public long Rows => Planes * H.Out;
}
