using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>
/// dy as the matrix kernel reads it when the weight's gradient is made: strips of filters, position by position. Turned tile by
/// tile where it is used, or, where many blocks of channels would each turn it again, once for all of them.
/// </summary>
internal readonly unsafe struct TurnedGradient<TLanes, T>(Geometry g, T* dy, T* shared) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    readonly Tiling _tiles = new(g, Blocking<TLanes, T>.Columns);

    static int StripColumns => Blocking<TLanes, T>.Columns;

    /// <summary>Filters of a group, up to whole strips.</summary>
    public long Width => WidthOf(g);

    public bool IsShared => shared is not null;

    public long Count => g.Groups * _tiles.Count;

    static long WidthOf(in Geometry g) => (g.Filters + StripColumns - 1) / StripColumns * StripColumns;

    /// <summary>Elements that turning once for all takes; 0 where it does not pay.</summary>
    public static long SharedLength(in Geometry g) =>
        new StepBlocks(g.Channels, g.Taps).Count > 2 ? g.Groups * g.Positions * WidthOf(g) : 0;

    /// <summary>Turns one tile into the shared memory.</summary>
    public void Run(long chunk)
    {
        (long first, long count) = _tiles[chunk % _tiles.Count];
        Turn(chunk / _tiles.Count, first, count, At(chunk / _tiles.Count, first));
    }

    /// <summary>A tile of a group, from the shared memory or turned into <paramref name="own"/>.</summary>
    public T* Of(long group, long first, long count, T* own)
    {
        if (shared is not null) return At(group, first);
        Turn(group, first, count, own);
        return own;
    }

    T* At(long group, long first) => shared + (group * g.Positions + first) * Width;

    void Turn(long group, long first, long count, T* target)
    {
        long plane = g.OutPlane;
        for (long filter = 0; filter < g.Filters; filter += StripColumns)
        {
            int filters = (int)Math.Min(StripColumns, g.Filters - filter);
            for (long done = 0; done < count;)
            {
                long image = (first + done) / plane, place = (first + done) % plane, run = Math.Min(count - done, plane - place);
                T* source = dy + image * g.OutImage + (group * g.Filters + filter) * plane + place;
                Packing.Strip<T, T>(source, plane, 1, filters, StripColumns, run, target + done * StripColumns);
                done += run;
            }

            target += count * StripColumns;
        }
    }
}
