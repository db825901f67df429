using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>
/// W[filter, channel] = Σ Z[tile, filter] · V[tile, channel] over one part of the tiles, for each of the sixteen parts of a tile: some filters
/// and some channels to a chunk.
/// </summary>
internal readonly unsafe struct GradientProducts<TLanes>(Geometry g, float* dy, float* x, float* sums) : IChunks
    where TLanes : struct, ILanes<TLanes, float>
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
