using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>
/// W[filter, channel] = Σ Z[tile, filter] · V[tile, channel] over one part of the tiles, for each part of a tile: some filters
/// and some channels to a chunk.
/// </summary>
internal readonly unsafe struct GradientProducts<TLanes, TScheme>(Geometry g, float* dy, float* x, float* sums) : IChunks
    where TLanes : struct, ILanes<TLanes, float>
    where TScheme : struct, IScheme
{
    readonly GradientCut<TScheme> _cut = new(g);

    /// <summary>Elements that the sums take.</summary>
    public static long Length(in Geometry g)
    {
        var cut = new GradientCut<TScheme>(g);
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
        float* v = (float*)Workspace.Take((nuint)((WinogradSizes<TScheme>.Parts * (vSlice + zSlice) + BlockTransforms<TLanes, TScheme>.Length(grid)) * sizeof(float)));
        float* z = v + WinogradSizes<TScheme>.Parts * vSlice;
        var transforms = new BlockTransforms<TLanes, TScheme>(g, grid, z + WinogradSizes<TScheme>.Parts * zSlice);
        float* w = sums + chunk * WinogradSizes<TScheme>.Parts * _cut.Sum;

        long firstBlock = part * grid.Blocks / _cut.Parts, endBlock = (part + 1) * grid.Blocks / _cut.Parts;
        for (long block = firstBlock; block < endBlock; block++)
        {
            (long first, long count) = grid[block];
            transforms.Input(first, count, x + (group * g.Channels + channel) * g.InPlane, channels, v, vPitch, vSlice);
            transforms.OutputGradient(first, count, dy + (group * g.Filters + filter) * g.OutPlane, filters, z, zPitch, zSlice);
            for (int i = 0; i < WinogradSizes<TScheme>.Parts; i++)
                Multiply(z + i * zSlice, zPitch, v + i * vSlice, vPitch, filters, channels, count, w + i * _cut.Sum, accumulate: block > firstBlock);
        }
    }

    /// <summary>Whole vectors of channels and whole thirds of strips of filters: what is too much is zero.</summary>
    void Multiply(float* z, long zPitch, float* v, long vPitch, long filters, long channels, long tiles, float* w, bool accumulate)
    {
        int across = Blocking<TLanes, float>.Columns, down = Blocking<TLanes, float>.Rows;
        for (long i = 0; i < filters; i += down)
            for (long j = 0; j < channels; j += across)
                Tile.Multiply<TLanes, float>((int)Math.Min(down, filters - i), (int)Math.Min(across, channels - j), tiles,
                    new(z + i, 1, zPitch), new(v + j, vPitch, 1), w + i * _cut.Channels.Length + j, _cut.Channels.Length, accumulate);
    }
}
