namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Channels (or filters) cut into nearly equal blocks of whole slices of 32, as <see cref="PixelRows"/> hold them.</summary>
/// <param name="channels">How many channels.</param>
/// <param name="most">The most channels of a block, a multiple of 32.</param>
internal readonly struct ChannelBlocks(long channels, long most)
{
    /// <summary>The number of blocks.</summary>
    public readonly long Count = (channels + most - 1) / most;

    /// <summary>Channels of a block, without the last.</summary>
    public readonly long Length = SlicesOf((channels + (channels + most - 1) / most - 1) / ((channels + most - 1) / most)) * PixelRows.Channels;

    /// <summary>A block's first channel and its number of channels.</summary>
    public (long First, long Count) this[long block] => (block * Length, Math.Min(Length, channels - block * Length));

    /// <summary>Slices of 32 that some channels take.</summary>
    public static long SlicesOf(long channels) => (channels + PixelRows.Channels - 1) / PixelRows.Channels;

    /// <summary>Elements between tiles that hold some channels each: an odd number of cache lines, so that tiles do not compete for one cache set.</summary>
    public static long Pitch(long channels) => ((channels + Line - 1) / Line | 1) * Line;

    /// <summary>Elements between the sixteen parts of a transform, with the same aim.</summary>
    public static long Slice(long tiles, long pitch) => (tiles * pitch / Line | 1) * Line;

    const long Line = 16;
}
