using System.Numerics;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>
/// The input's gradient where windows step by more than one: the gradient of the columns, a product of the turned filters and
/// dy, is added back to the inputs the columns were taken from. Some images and some channels to a chunk, which no other touches.
/// </summary>
internal readonly unsafe struct InputScatter<TLanes, T>(Geometry g, T* dy, T* weight, T* dx) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IAdditionOperators<T, T, T>
{
    readonly StepBlocks _rows = new(g.Channels, g.Taps), _steps = new(g.Filters, 1);
    readonly long _images = Math.Max(1, Tiling.Most / g.OutPlane);

    static int StripRows => Blocking<TLanes, T>.Rows;
    static int StripColumns => Blocking<TLanes, T>.Columns;

    public long Count => (g.Images + _images - 1) / _images * g.Groups * _rows.Count;

    public void Run(long chunk)
    {
        (long channel, long channels) = _rows[chunk % _rows.Count];
        long group = chunk / _rows.Count % g.Groups, image = chunk / _rows.Count / g.Groups * _images, images = Math.Min(_images, g.Images - image);
        T* x = dx + (group * g.Channels + channel) * g.InPlane;
        for (long i = 0; i < images; i++) Clear(x + (image + i) * g.InImage, channels * g.InPlane);

        long rows = channels * g.Taps, strips = (rows + StripRows - 1) / StripRows;
        long aLength = (strips * StripRows * g.Filters + 63) / 64 * 64, bLength = Tiling.Most * _steps.Steps;
        T* a = (T*)Workspace.Take((nuint)((aLength + bLength + rows * Tiling.Most) * sizeof(T))), b = a + aLength, c = b + bLength;
        for (long block = 0; block < _steps.Count; block++) PackFilters(group, channel * g.Taps, rows, block, a);

        long end = (image + images) * g.OutPlane;
        for (long first = image * g.OutPlane; first < end; first += Tiling.Most)
        {
            long count = Math.Min(Tiling.Most, end - first);
            for (long block = 0; block < _steps.Count; block++)
            {
                (long filter, long filters) = _steps[block];
                PackGradient(group * g.Filters + filter, filters, first, count, b);
                var product = new Product<T>(rows, count, filters, default, default, c, Tiling.Most, accumulate: block > 0);
                var products = new Block<TLanes, T>(product, a + filter * strips * StripRows, b, packA: true, packB: true);
                var tiles = new TileChunks<TLanes, T>(&products, 1);
                for (long i = 0; i < tiles.Count; i++) tiles.Run(i);
            }

            Columns.ScatterAdd(g, c, Tiling.Most, channels, first, count, x);
        }
    }

    void PackFilters(long group, long row, long rows, long block, T* a)
    {
        (long filter, long filters) = _steps[block];
        long strips = (rows + StripRows - 1) / StripRows;
        T* source = weight + (group * g.Filters + filter) * g.Steps + row, target = a + filter * strips * StripRows;
        for (long strip = 0; strip < strips; strip++, target += StripRows * filters)
            Packing.Strip<T, T>(source + strip * StripRows, 1, g.Steps, (int)Math.Min(StripRows, rows - strip * StripRows), StripRows, filters, target);
    }

    void PackGradient(long filter, long filters, long first, long count, T* b)
    {
        for (long column = 0; column < count; column += StripColumns)
        {
            T* target = b + column * filters;
            long width = Math.Min(StripColumns, count - column);
            for (long done = 0; done < width;)
            {
                long position = first + column + done, image = position / g.OutPlane, place = position % g.OutPlane;
                long run = Math.Min(width - done, g.OutPlane - place);
                T* source = dy + image * g.OutImage + filter * g.OutPlane + place;
                for (long f = 0; f < filters; f++) new Span<T>(source + f * g.OutPlane, (int)run).CopyTo(new(target + f * StripColumns + done, (int)run));
                done += run;
            }

            for (long f = 0; width < StripColumns && f < filters; f++) new Span<T>(target + f * StripColumns + width, (int)(StripColumns - width)).Clear();
        }
    }

    static void Clear(T* data, long count)
    {
        for (; count > 0; data += int.MaxValue, count -= int.MaxValue) new Span<T>(data, (int)Math.Min(count, int.MaxValue)).Clear();
    }
}
