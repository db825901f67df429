using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>
/// y = bias + weight ⋆ x from tiles: a block of tiles and some filters to a chunk, which transforms the input, multiplies once for each
/// part of the scheme and transforms the products, all in the second-level cache.
/// </summary>
/// <remarks>
/// Measured with normal inputs and filters: the largest error against double, relative to the root mean square of the result, is
/// 0.7e-6 to 3.3e-6, where the sums by definition in float have 1.2e-6 to 3.2e-6; at most 2.1 times theirs in one case, from 256 channels
/// on, half in others (docs/decisions/006-winograd.md, tested).
/// </remarks>
internal readonly unsafe struct TileProducts<TLanes, TScheme> : IChunks
    where TLanes : struct, ILanes<TLanes, float>
    where TScheme : struct, IScheme
{
    const int Slice = PixelRows.Channels;

    /// <summary>Filters whose products wait for further blocks of channels, and chunks that are enough for threads.</summary>
    const long WaitingFilters = 128, EnoughChunks = 8;

    readonly Geometry _g;
    readonly float* _x, _bias, _y;
    readonly TransformedFilters<TLanes, TScheme> _filters;
    readonly ChannelBlocks _blocks;
    readonly TileGrid _grid;
    readonly long _slicesPerChunk, _filterBlocks;

    public TileProducts(in Geometry g, float* x, in TransformedFilters<TLanes, TScheme> filters, float* bias, float* y)
    {
        (_g, _filters) = (g, filters);
        _x = x;
        _bias = bias;
        _y = y;
        _blocks = WinogradSizes<TScheme>.OutputChannels(g.Channels);
        _grid = WinogradSizes<TScheme>.OutputTiles(g);

        // Few tiles: the filters are spread over chunks, each of which transforms the input anew.
        long slices = ChannelBlocks.SlicesOf(g.Filters);
        _slicesPerChunk = _blocks.Count == 1 ? slices : Math.Min(slices, WaitingFilters / Slice);
        _slicesPerChunk = Math.Clamp(slices * g.Groups * _grid.Blocks / EnoughChunks, 1, _slicesPerChunk);
        _filterBlocks = (slices + _slicesPerChunk - 1) / _slicesPerChunk;
    }

    static int Parts => WinogradSizes<TScheme>.Parts;

    public long Count => _grid.Blocks * _g.Groups * _filterBlocks;

    public void Run(long chunk)
    {
        long firstSlice = chunk % _filterBlocks * _slicesPerChunk, group = chunk / _filterBlocks % _g.Groups;
        long endSlice = Math.Min(firstSlice + _slicesPerChunk, ChannelBlocks.SlicesOf(_g.Filters));
        (long first, long count) = _grid[chunk / _filterBlocks / _g.Groups];
        long pitch = ChannelBlocks.Pitch(_blocks.Length), vSlice = ChannelBlocks.Slice(_grid.Length, pitch), mSlice = ChannelBlocks.Slice(_grid.Length, Slice);
        long mLength = (_blocks.Count == 1 ? 1 : _slicesPerChunk) * Parts * mSlice;
        float* v = (float*)Workspace.Take((nuint)((Parts * vSlice + mLength + BlockTransforms<TLanes, TScheme>.Length(_grid)) * sizeof(float)));
        float* m = v + Parts * vSlice;
        var transforms = new BlockTransforms<TLanes, TScheme>(_g, _grid, m + mLength);
        float* bias = stackalloc float[Slice];
        for (long block = 0; block < _blocks.Count; block++)
        {
            (long channel, long channels) = _blocks[block];
            transforms.Input(first, count, _x + (group * _g.Channels + channel) * _g.InPlane, channels, v, pitch, vSlice);
            for (long s = firstSlice; s < endSlice; s++)
            {
                long filters = Math.Min(Slice, _g.Filters - s * Slice);
                float* own = m + (_blocks.Count == 1 ? 0 : (s - firstSlice) * Parts * mSlice);
                Multiply(v, pitch, vSlice, _filters.At(group, s, channel, channels), count, filters, channels, own, mSlice, accumulate: block > 0);
                if (block < _blocks.Count - 1) continue;
                long filter = group * _g.Filters + s * Slice;
                for (long f = 0; f < Slice; f++) bias[f] = _bias is null || f >= filters ? 0 : _bias[filter + f];
                transforms.Output(first, count, own, mSlice, bias, filters, _y + filter * _g.OutPlane);
            }
        }
    }

    /// <summary>M = V·U for each part. Whole vectors of filters and whole thirds of strips of tiles: what is too much is not read again.</summary>
    static void Multiply(float* v, long pitch, long vSlice, float* u, long tiles, long filters, long channels, float* m, long mSlice, bool accumulate)
    {
        int across = Blocking<TLanes, float>.Columns, down = Blocking<TLanes, float>.Rows;
        for (int part = 0; part < Parts; part++, v += vSlice, u += Slice * channels, m += mSlice)
            for (long i = 0; i < tiles; i += down)
                for (long j = 0; j < filters; j += across)
                    Tile.Multiply<TLanes, float>((int)Math.Min(down, tiles - i), (int)Math.Min(across, filters - j), channels,
                        new(v + i * pitch, pitch, 1), new(u + j * channels, across, 1), m + i * Slice + j, Slice, accumulate);
    }
}
