namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>How convolutions by a scheme are cut for the second-level cache; the numbers come from measurement.</summary>
internal static class WinogradSizes<TScheme>
    where TScheme : struct, IScheme
{
    /// <summary>Values of a transformed tile or filter, and as many matrix products.</summary>
    public static int Parts => TScheme.Points * TScheme.Points;

    /// <summary>Blocks of tiles of y: their V, with one slice of M, lives in the second-level cache; whole channels up to 512 measured best.</summary>
    public static TileGrid OutputTiles(in Geometry g) => new(g, TScheme.Outputs, A);

    /// <summary>Channels whose V is made at once for y.</summary>
    public static ChannelBlocks OutputChannels(long channels) => new(channels, 512);

    /// <summary>Blocks of tiles for the weight's gradient, which sums over them: longer ones read and write the sums less often.</summary>
    public static TileGrid GradientTiles(in Geometry g) => new(g, TScheme.Outputs, B);

    /// <summary>Blocks of channels, and of filters, for the weight's gradient: sixteen sums over 64×64 take 256 KB.</summary>
    public static ChannelBlocks GradientChannels(long channels) => new(channels, C);

    static readonly int A = int.Parse(Environment.GetEnvironmentVariable("HL_A") ?? "24");
    static readonly int B = int.Parse(Environment.GetEnvironmentVariable("HL_B") ?? "48");
    static readonly int C = int.Parse(Environment.GetEnvironmentVariable("HL_C") ?? "64");
}
