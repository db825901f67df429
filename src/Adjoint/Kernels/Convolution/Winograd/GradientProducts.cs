using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>How the weight's gradient is cut: blocks of filters × blocks of channels × parts of the tiles.</summary>
internal readonly struct GradientCut
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
        Channels = WinogradSizes.Blocks(g.Channels);
        Filters = WinogradSizes.Blocks(g.Filters);
        Grid = WinogradSizes.Grid(g, Math.Max(g.Channels, g.Filters));
        Parts = Math.Clamp(WantedChunks / (g.Groups * Channels.Count * Filters.Count), 1, Grid.Blocks);
    }

    /// <summary>Elements of one of the sixteen sums over a block of filters and a block of channels.</summary>
    public long Sum => Filters.Length * Channels.Length;

    /// <summary>Elements of all sums over one part of the tiles.</summary>
    public long Part(long groups) => groups * Filters.Count * Channels.Count * WinogradSizes.Parts * Sum;
}

/// <summary>
/// W[filter, channel] = Σ Z[tile, filter] · V[tile, channel] over one part of the tiles, for each of the sixteen parts of a tile: some filters
/// and some channels to a chunk.
/// </summary>
internal readonly unsafe struct GradientProducts<TLanes>(Geometry g, float* dy, float* x, float* sums) : IChunks
    where TLanes : unmanaged, ILanes<TLanes, float>
{
    readonly GradientCut _cut = new(g);

    /// <summary>Elements that the sums take.</summary>
    public static long Length(in Geometry g)
    {
        var cut = new GradientCut(g);
        return cut.Parts * cut.Part(g.Groups);
    }

    public long Count => _cut.Parts * g.Groups * _cut.Filters.Count * _cut.Channels.Count;

    public void Run(long chunk)
    {
        long part = chunk / (g.Groups * _cut.Filters.Count * _cut.Channels.Count), group = chunk / (_cut.Filters.Count * _cut.Channels.Count) % g.Groups;
        (long channel, long channels) = _cut.Channels[chunk % _cut.Channels.Count];
        (long filter, long filters) = _cut.Filters[chunk / _cut.Channels.Count % _cut.Filters.Count];
        TileGrid grid = _cut.Grid;
        long vPitch = ChannelBlocks.Pitch(_cut.Channels.Length), vSlice = ChannelBlocks.Slice(grid.Length, vPitch);
        long zPitch = ChannelBlocks.Pitch(_cut.Filters.Length), zSlice = ChannelBlocks.Slice(grid.Length, zPitch);
        float* v = (float*)Workspace.Take((nuint)((WinogradSizes.Parts * (vSlice + zSlice) + BlockTransforms<TLanes>.RowsLength(grid)) * sizeof(float)));
        float* z = v + WinogradSizes.Parts * vSlice, rows = z + WinogradSizes.Parts * zSlice;
        float* w = sums + chunk * WinogradSizes.Parts * _cut.Sum;

        // Whole vectors of channels and whole thirds of strips of filters: what is too much is zero.
        long unit = Block<TLanes, float, float>.RowUnit;
        long height = (filters + unit - 1) / unit * unit, width = (channels + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        long firstBlock = part * grid.Blocks / _cut.Parts, endBlock = (part + 1) * grid.Blocks / _cut.Parts;
        for (long block = firstBlock; block < endBlock; block++)
        {
            (long first, long count) = grid[block];
            BlockTransforms<TLanes>.Input(g, grid, first, count, x + (group * g.Channels + channel) * g.InPlane, channels, rows, v, vPitch, vSlice);
            BlockTransforms<TLanes>.OutputGradient(g, grid, first, count, dy + (group * g.Filters + filter) * g.OutPlane, filters, rows, z, zPitch, zSlice);
            for (int i = 0; i < WinogradSizes.Parts; i++)
            {
                var product = new Product<float, float>(height, width, count, new(z + i * zSlice, 1, zPitch), new(v + i * vSlice, vPitch, 1),
                    w + i * _cut.Sum, _cut.Channels.Length, accumulate: block > firstBlock);
                var products = new TileChunks<TLanes, float, float>(new(product, null, null, packA: false, packB: false));
                for (long p = 0; p < products.Count; p++) products.Run(p);
            }
        }
    }
}

/// <summary>dWeight = Gᵀ W G, W the sum of the parts in order: a few filters and some channels to a chunk.</summary>
internal readonly unsafe struct GradientJoin<TLanes>(Geometry g, float* sums, float* dWeight) : IChunks
    where TLanes : unmanaged, ILanes<TLanes, float>
{
    const int Taps = 9;
    const long FiltersAtOnce = 8;

    readonly GradientCut _cut = new(g);

    long PerBlock => (_cut.Filters.Length + FiltersAtOnce - 1) / FiltersAtOnce;

    public long Count => g.Groups * _cut.Filters.Count * _cut.Channels.Count * PerBlock;

    public void Run(long chunk)
    {
        long block = chunk / PerBlock, firstRow = chunk % PerBlock * FiltersAtOnce;
        (long channel, long channels) = _cut.Channels[block % _cut.Channels.Count];
        (long filter, long filters) = _cut.Filters[block / _cut.Channels.Count % _cut.Filters.Count];
        long group = block / (_cut.Filters.Count * _cut.Channels.Count);
        float* taps = stackalloc float[Taps * TLanes.Count];
        for (long row = firstRow; row < Math.Min(firstRow + FiltersAtOnce, filters); row++)
        {
            float* w = sums + block * WinogradSizes.Parts * _cut.Sum + row * _cut.Channels.Length;
            float* target = dWeight + ((group * g.Filters + filter + row) * g.Channels + channel) * Taps;
            for (long c = 0; c < channels; c += TLanes.Count)
            {
                Transforms<TLanes>.FilterGradient(w + c, _cut.Sum, _cut.Parts, _cut.Part(g.Groups), taps, TLanes.Count);
                Transposition.Run(taps, TLanes.Count, Taps, Math.Min(TLanes.Count, channels - c), target + c * Taps, Taps);
            }
        }
    }
}
