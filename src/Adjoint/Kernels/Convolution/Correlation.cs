using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>
/// The sum over channels and taps: y[image, filter, place] = bias[filter] + Σ weight · x, one tile of positions and some rows of
/// filters to a chunk.
/// </summary>
/// <remarks>
/// The columns matrix never exists: each thread makes the piece that its tile needs straight in the order in which the
/// matrix kernel reads it, multiplies, and reuses the memory for the next.
/// </remarks>
internal readonly unsafe struct Correlation<TLanes, T> : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    readonly Geometry _g;
    readonly T* _x, _bias, _y;
    readonly Filters<TLanes, T> _filters;
    readonly StepBlocks _blocks;
    readonly Tiling _tiles;
    readonly long _rowBlocks, _stripsPerRowBlock;

    public Correlation(in Geometry g, T* x, in Filters<TLanes, T> filters, T* bias, T* y)
    {
        (_g, _filters) = (g, filters);
        _x = x;
        _bias = bias;
        _y = y;
        _blocks = new(g.Channels, g.Taps);
        _tiles = new(g, StripColumns);

        // Few tiles (a batch of one, small images): the filters are spread over chunks too, each making the columns anew.
        long strips = (g.Filters + StripRows - 1) / StripRows;
        long wanted = Math.Clamp(8 / Math.Max(1, _tiles.Count * g.Groups), 1, strips);
        _stripsPerRowBlock = (strips + wanted - 1) / wanted;
        _rowBlocks = (strips + _stripsPerRowBlock - 1) / _stripsPerRowBlock;
    }

    static int StripRows => Blocking<TLanes, T>.Rows;
    static int StripColumns => Blocking<TLanes, T>.Columns;

    public long Count => _tiles.Count * _g.Groups * _rowBlocks;

    public void Run(long chunk)
    {
        long rowBlock = chunk % _rowBlocks, group = chunk / _rowBlocks % _g.Groups;
        (long first, long count) = _tiles[chunk / _rowBlocks / _g.Groups];
        long strip = rowBlock * _stripsPerRowBlock, row = strip * StripRows;
        long rows = Math.Min(_stripsPerRowBlock * StripRows, _g.Filters - row);

        long plane = _g.OutPlane, strips = (count + StripColumns - 1) / StripColumns;
        bool inOneImage = first / plane == (first + count - 1) / plane;
        long packedLength = strips * StripColumns * _blocks.Steps;
        T* packed = (T*)Workspace.Take((nuint)((packedLength + (inOneImage ? 0 : rows * Tiling.Most)) * sizeof(T)));
        T* c = inOneImage ? _y + first / plane * _g.OutImage + (group * _g.Filters + row) * plane + first % plane : packed + packedLength;
        long cRow = inOneImage ? plane : Tiling.Most;

        T* bias = _bias is null ? null : _bias + group * _g.Filters + row;
        if (bias is not null) for (long r = 0; r < rows; r++) new Span<T>(c + r * cRow, (int)count).Fill(bias[r]);
        for (long block = 0; block < _blocks.Count; block++)
        {
            (long channel, long channels) = _blocks[block];
            long steps = channels * _g.Taps;
            T* x = _x + (group * _g.Channels + channel) * _g.InPlane;
            for (long j = 0; j < strips; j++)
                GatherStrip(x, channels, first + j * StripColumns, Math.Min(StripColumns, count - j * StripColumns), packed + j * StripColumns * steps);

            var product = new Product<T>(rows, count, steps, default, default, c, cRow, accumulate: block > 0 || bias is not null);
            var products = new Block<TLanes, T>(product, _filters.At(group, strip, channel, channels), packed, packA: true, packB: true);
            var tiles = new TileChunks<TLanes, T>(&products, 1);
            for (long i = 0; i < tiles.Count; i++) tiles.Run(i);
        }

        if (!inOneImage) Deliver(c, group * _g.Filters + row, rows, first, count);
    }

    void GatherStrip(T* x, long channels, long first, long count, T* target)
    {
        Columns.Gather(_g, x, channels, first, count, target, StripColumns);
        if (count == StripColumns) return;
        for (long s = 0; s < channels * _g.Taps; s++) new Span<T>(target + s * StripColumns + count, (int)(StripColumns - count)).Clear();
    }

    /// <summary>A tile of several images goes to where each image lies.</summary>
    void Deliver(T* c, long row, long rows, long first, long count)
    {
        long plane = _g.OutPlane;
        for (long done = 0; done < count;)
        {
            long image = (first + done) / plane, place = (first + done) % plane, run = Math.Min(count - done, plane - place);
            T* target = _y + image * _g.OutImage + row * plane + place;
            for (long r = 0; r < rows; r++) new Span<T>(c + r * Tiling.Most + done, (int)run).CopyTo(new(target + r * plane, (int)run));
            done += run;
        }
    }
}
