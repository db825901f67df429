namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>How the weight's gradient is cut: blocks of filters × blocks of channels × parts of the tiles.</summary>
internal readonly struct GradientCut<TScheme>
    where TScheme : struct, IScheme
{
    /// <summary>Enough chunks for the loop to be shared out evenly.</summary>
    const long WantedChunks = 16;

    /// <summary>The blocks of one group.</summary>
    public readonly ChannelBlocks Channels, Filters;

    /// <summary>Blocks of tiles.</summary>
    public readonly TileGrid Grid;

    /// <summary>Parts of the tiles, summed apart.</summary>
    public readonly long Parts;

    public GradientCut(in Geometry g)
    {
        Channels = WinogradSizes<TScheme>.GradientChannels(g.Channels);
        Filters = WinogradSizes<TScheme>.GradientChannels(g.Filters);
        Grid = WinogradSizes<TScheme>.GradientTiles(g);
        Parts = Math.Clamp(WantedChunks / (g.Groups * Channels.Count * Filters.Count), 1, Grid.Blocks);
    }

    /// <summary>Elements of one of the sums over a block of filters and a block of channels.</summary>
    public long Sum => Filters.Length * Channels.Length;

    /// <summary>Elements of all sums over one part of the tiles.</summary>
    public long Part(long groups) => groups * Filters.Count * Channels.Count * WinogradSizes<TScheme>.Parts * Sum;
}
