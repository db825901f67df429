namespace Adjoint.Kernels.Convolution;

/// <summary>Channels cut into nearly equal blocks whose steps (channels times taps) suit the matrix kernel.</summary>
internal readonly struct StepBlocks(long channels, long taps)
{
    const long Most = 256;

    /// <summary>The number of blocks.</summary>
    public readonly long Count = (channels + Math.Max(1, Most / taps) - 1) / Math.Max(1, Most / taps);

    /// <summary>The most channels in a block.</summary>
    public long Channels => (channels + Count - 1) / Count;

    /// <summary>The most steps in a block.</summary>
    public long Steps => Channels * taps;

    /// <summary>A block's first channel and its number of channels.</summary>
    public (long First, long Count) this[long block]
    {
        get
        {
            long first = block * channels / Count;
            return (first, (block + 1) * channels / Count - first);
        }
    }
}
