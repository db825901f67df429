namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Neighbouring tiles in one row of tiles.</summary>
/// <param name="Image">The image.</param>
/// <param name="Row">The row of tiles.</param>
/// <param name="From">The first tile.</param>
/// <param name="Count">How many tiles.</param>
internal readonly record struct TileRun(long Image, long Row, long From, long Count);

/// <summary>All outputs of a convolution cut into square tiles, counted along rows, then down, then over images, and cut into blocks.</summary>
/// <remarks>The last tiles may reach over the edge: what they make there is dropped.</remarks>
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

    /// <param name="g">The convolution.</param>
    /// <param name="side">Outputs along a tile.</param>
    /// <param name="most">The most tiles of a block.</param>
    public TileGrid(in Geometry g, long side, long most)
    {
        Across = (g.W.Out + side - 1) / side;
        Down = (g.H.Out + side - 1) / side;
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
