using System.Numerics;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>
/// The weight's gradient, transposed, in partial sums: sums[part, group, step, filter] = Σ columns[step, position] · dy[filter, position]
/// over a part of the positions. Some channels of one part to a chunk.
/// </summary>
/// <remarks>
/// Transposed, because then the columns are read along the positions, as they are gathered, and only dy, the smaller matrix, is
/// turned. The number of parts depends on sizes alone.
/// </remarks>
internal readonly unsafe struct WeightParts<TLanes, T>(Geometry g, TurnedGradient<TLanes, T> dy, T* x, long tileBlocks, T* sums) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>Enough chunks for the loop to be shared out evenly.</summary>
    const long WantedChunks = 16;

    /// <summary>Rows of the columns are no power of two apart: twelve of them are read at once and must not compete for one cache set.</summary>
    const long ColumnsRow = Tiling.Most + 16;

    readonly StepBlocks _blocks = new(g.Channels, g.Taps);
    readonly Tiling _tiles = new(g, Blocking<TLanes, T>.Columns);

    public static long TileBlocks(in Geometry g) =>
        Math.Clamp(WantedChunks / (g.Groups * new StepBlocks(g.Channels, g.Taps).Count), 1, new Tiling(g, Blocking<TLanes, T>.Columns).Count);

    public long Count => tileBlocks * g.Groups * _blocks.Count;

    public void Run(long chunk)
    {
        (long channel, long channels) = _blocks[chunk % _blocks.Count];
        long group = chunk / _blocks.Count % g.Groups, part = chunk / _blocks.Count / g.Groups;
        long rows = channels * g.Taps, aLength = rows * ColumnsRow, bLength = dy.IsShared ? 0 : dy.Width * Tiling.Most;
        T* a = (T*)Workspace.Take((nuint)((aLength + bLength + Blocking<TLanes, T>.Rows * Tiling.Most) * sizeof(T))), b = a + aLength, lastStrip = b + bLength;
        T* c = sums + ((part * g.Groups + group) * g.Steps + channel * g.Taps) * g.Filters;
        long firstTile = part * _tiles.Count / tileBlocks, endTile = (part + 1) * _tiles.Count / tileBlocks;
        for (long tile = firstTile; tile < endTile; tile++)
        {
            (long first, long count) = _tiles[tile];
            Columns.Gather(g, x + (group * g.Channels + channel) * g.InPlane, channels, first, count, a, ColumnsRow);
            T* turned = dy.Of(group, first, count, b);
            var product = new Product<T>(rows, g.Filters, count, new(a, ColumnsRow, 1), default, c, g.Filters, accumulate: tile > firstTile);
            var block = new Block<TLanes, T>(product, lastStrip, turned, packA: false, packB: true);
            for (long i = 0; i < block.StripsToPackA; i++) block.PackStripA(i);
            var products = new TileChunks<TLanes, T>(&block, 1);
            for (long i = 0; i < products.Count; i++) products.Run(i);
        }
    }
}

/// <summary>Adds the partial sums in order and turns them into the weight's layout: a few filters of one group to a chunk.</summary>
internal readonly unsafe struct WeightJoin<T>(Geometry g, long parts, T* sums, T* dWeight) : IChunks
    where T : unmanaged, IAdditionOperators<T, T, T>
{
    const int Side = 16;

    readonly long _perGroup = (g.Filters + Side - 1) / Side;

    public long Count => g.Groups * _perGroup;

    public void Run(long chunk)
    {
        T* square = stackalloc T[Side * Side];
        long group = chunk / _perGroup, filter = chunk % _perGroup * Side, filters = Math.Min(Side, g.Filters - filter);
        for (long step = 0; step < g.Steps; step += Side)
        {
            long steps = Math.Min(Side, g.Steps - step);
            for (long part = 0; part < parts; part++)
            {
                T* from = sums + ((part * g.Groups + group) * g.Steps + step) * g.Filters + filter;
                for (long s = 0; s < steps; s++, from += g.Filters)
                    for (long f = 0; f < filters; f++)
                        square[s * Side + f] = part == 0 ? from[f] : square[s * Side + f] + from[f];
            }

            T* to = dWeight + (group * g.Filters + filter) * g.Steps + step;
            for (long f = 0; f < filters; f++, to += g.Steps)
                for (long s = 0; s < steps; s++) to[s] = square[s * Side + f];
        }
    }
}
