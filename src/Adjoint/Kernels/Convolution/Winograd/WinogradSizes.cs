namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Which convolutions are made from tiles, and how they are cut for the second-level cache; the numbers come from measurement.</summary>
internal static class WinogradSizes
{
    /// <summary>Values of a transformed tile or filter, and as many matrix products.</summary>
    public const int Parts = 16;

    const long LeastChannels = 16, LeastTiles = 64;

    /// <summary>Whether tiles pay: kernels of 3×3 at every place, enough channels to multiply, and not too many outputs over the edge.</summary>
    public static bool Suits(in Geometry g) =>
        g.D == WindowAxis.None && IsThree(g.H) && IsThree(g.W) && g.Channels >= LeastChannels && g.Filters >= LeastChannels
        && Tiles(g) >= LeastTiles && Parts * Tiles(g) <= 0.75 * 9 * g.Positions;

    static bool IsThree(WindowAxis axis) => axis is { Kernel: 3, Stride: 1, Dilation: 1, Before: >= 0 and <= 2 };

    static long Tiles(in Geometry g) => g.Images * ((g.H.Out + 1) / 2) * ((g.W.Out + 1) / 2);

    /// <summary>Blocks of tiles of y: their V, with one slice of M, lives in the second-level cache; whole channels up to 512 measured best.</summary>
    public static TileGrid OutputTiles(in Geometry g) => new(g, 48);

    /// <summary>Channels whose V is made at once for y.</summary>
    public static ChannelBlocks OutputChannels(long channels) => new(channels, 512);

    /// <summary>Blocks of tiles for the weight's gradient, which sums over them: longer ones read and write the sums less often.</summary>
    public static TileGrid GradientTiles(in Geometry g) => new(g, 96);

    /// <summary>Blocks of channels, and of filters, for the weight's gradient: sixteen sums over 64×64 take 256 KB.</summary>
    public static ChannelBlocks GradientChannels(long channels) => new(channels, 64);
}
