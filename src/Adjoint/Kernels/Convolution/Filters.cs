using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>
/// A convolution's filters in the order in which the matrix kernel reads them, group by group, block of steps by block of
/// steps: made once, read by every tile.
/// </summary>
/// <remarks>Row r and step s of a group come from <c>weights[r·row + channel·channelStride ± tap]</c>: forward as they are, for the input's gradient with rows and channels exchanged and the taps reversed.</remarks>
internal readonly unsafe struct Filters<TLanes, T>(T* packed, long rows, StepBlocks blocks, long taps) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    readonly long _strips = Strips(rows);

    T* Source { get; init; }
    long Group { get; init; }
    long Row { get; init; }
    long Channel { get; init; }
    bool Reversed { get; init; }
    long Steps { get; init; }

    static int StripRows => Blocking<TLanes, T>.Rows;

    static long Strips(long rows) => (rows + StripRows - 1) / StripRows;

    /// <summary>Elements that the packed filters take.</summary>
    public static long Length(long groups, long rows, long steps) => groups * Strips(rows) * StripRows * steps;

    /// <summary>The packed rows of a group from a strip on, for the steps of a block.</summary>
    public T* At(long group, long strip, long firstChannel, long channels) =>
        packed + (group * Steps + firstChannel * taps) * _strips * StripRows + strip * StripRows * channels * taps;

    public static Filters<TLanes, T> Pack(T* weights, T* packed, long groups, long rows, long channels, long taps, long group, long row, long channel, bool reversed, double work)
    {
        var blocks = new StepBlocks(channels, taps);
        var filters = new Filters<TLanes, T>(packed, rows, blocks, taps)
        {
            Source = weights, Group = group, Row = row, Channel = channel, Reversed = reversed, Steps = channels * taps,
        };
        Widths.Loop(groups * blocks.Count, filters, work);
        return filters;
    }

    public void Run(long chunk)
    {
        (long first, long count) = blocks[chunk % blocks.Count];
        long group = chunk / blocks.Count;
        for (long strip = 0; strip < _strips; strip++)
        {
            T* target = At(group, strip, first, count);
            long height = Math.Min(StripRows, rows - strip * StripRows);
            T* source = Source + group * Group + strip * StripRows * Row + first * Channel;
            if (!Reversed && Channel == taps)
            {
                Packing.Strip<T, T>(source, Row, 1, (int)height, StripRows, count * taps, target);
                continue;
            }

            for (long c = 0; c < count; c++)
                for (long t = 0; t < taps; t++, target += StripRows)
                    for (long r = 0; r < StripRows; r++)
                        target[r] = r < height ? source[r * Row + c * Channel + (Reversed ? taps - 1 - t : t)] : default;
        }
    }
}
