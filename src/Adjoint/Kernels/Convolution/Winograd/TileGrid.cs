namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Neighbouring tiles in one row of tiles.</summary>
/// <param name="Image">The image.</param>
/// <param name="Row">The row of tiles: rows 2·Row and 2·Row + 1 of the output.</param>
/// <param name="From">The first tile: columns 2·From and 2·From + 1 of the output.</param>
/// <param name="Count">How many tiles.</param>
internal readonly record struct TileRun(long Image, long Row, long From, long Count);

/// <summary>All outputs of a convolution cut into tiles of 2×2, counted along rows, then down, then over images, and cut into blocks.</summary>
/// <remarks>At odd sizes the last tiles reach over the edge: what they make there is dropped.</remarks>
internal readonly struct TileGrid
{
    /// <summary>Tiles beside each other and below each other in one image.</summary>
    public readonly long Across, Down;

    /// <summary>Tiles of all images.</summary>
    public readonly long Count;

    /// <summary>The most tiles of a block: a multiple of twelve, the rows of the widest micro-kernel.</summary>
    public readonly long Length;

    /// <summary>The number of blocks.</summary>
    public readonly long Blocks;

    public TileGrid(in Geometry g, long most)
    {
        Across = (g.W.Out + 1) / 2;
        Down = (g.H.Out + 1) / 2;
        Count = g.Images * Across * Down;
        long blocks = (Count + most - 1) / most;
        Length = ((Count + blocks - 1) / blocks + 11) / 12 * 12;
        Blocks = (Count + Length - 1) / Length;
    }

    /// <summary>A block's first tile and its number of tiles.</summary>
    public (long First, long Count) this[long block] => (block * Length, Math.Min(Length, Count - block * Length));

    /// <summary>The tiles from one on, to the end of their row, but not to <paramref name="end"/>.</summary>
    public TileRun Run(long tile, long end)
    {
        long from = tile % Across, row = tile / Across;
        return new(row / Down, row % Down, from, Math.Min(Across - from, end - tile));
    }
}
