namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>How convolutions by a scheme are cut for the second-level cache; the numbers come from measurement.</summary>
internal static class WinogradSizes<TScheme>
    where TScheme : struct, IScheme
{
    /// <summary>Values of a transformed tile or filter, and as many matrix products.</summary>
    public static int Parts => TScheme.Points * TScheme.Points;

    /// <summary>Blocks of tiles of y: their V, with one slice of M, lives in the second-level cache; whole channels up to 512 measured best.</summary>
    public static TileGrid OutputTiles(in Geometry g) => new(g, TScheme.Outputs, 96 / TScheme.Outputs);

    /// <summary>Channels whose V is made at once for y.</summary>
    public static ChannelBlocks OutputChannels(long channels) => new(channels, 512);

    /// <summary>Blocks of tiles for the weight's gradient, which sums over them: longer ones read and write the sums less often.</summary>
    public static TileGrid GradientTiles(in Geometry g) => new(g, TScheme.Outputs, 192 / TScheme.Outputs);

    /// <summary>Blocks of channels, and of filters, for the weight's gradient: sixteen sums over 64×64 take 256 KB.</summary>
    public static ChannelBlocks GradientChannels(long channels) => new(channels, 64);
}
