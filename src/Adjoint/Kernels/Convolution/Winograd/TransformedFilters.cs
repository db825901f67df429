using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>U = G g Gᵀ of all filters, packed as the matrix kernel reads its second operand; made once for all tiles, some filters to a chunk.</summary>
/// <remarks>
/// In the order group, block of channels, 32 filters, part, strip of filters, channel, filter. The filter that
/// makes output <c>f</c> from channel <c>c</c> lies at <c>weights + f·row + c·channel</c>: for the input's gradient the two are exchanged and the taps reversed.
/// </remarks>
internal readonly unsafe struct TransformedFilters<TLanes, TScheme>(float* weights, float* packed, Geometry g, long row, long channel, bool reversed) : IChunks
    where TLanes : struct, ILanes<TLanes, float>
    where TScheme : struct, IScheme
{
    const int Filters = PixelRows.Channels, AtOnce = 8;

    readonly ChannelBlocks _blocks = WinogradSizes<TScheme>.OutputChannels(g.Channels);
    readonly long _slices = ChannelBlocks.SlicesOf(g.Filters);

    static int Taps => TScheme.Taps * TScheme.Taps;

    /// <summary>Elements that the filters take.</summary>
    public static long Length(in Geometry g) => WinogradSizes<TScheme>.Parts * g.Groups * g.Channels * ChannelBlocks.SlicesOf(g.Filters) * Filters;

    public long Count => g.Groups * _slices;

    /// <summary>Part 0 of 32 filters for a block of channels; the other parts follow <c>32·channels</c> apart.</summary>
    public float* At(long group, long slice, long firstChannel, long channels) =>
        packed + WinogradSizes<TScheme>.Parts * Filters * ((group * g.Channels + firstChannel) * _slices + slice * channels);

    public void Run(long chunk)
    {
        long group = chunk / _slices, slice = chunk % _slices;
        int filters = (int)Math.Min(Filters, g.Filters - slice * Filters);
        float* taps = (float*)Workspace.Take((nuint)((AtOnce * Taps * Filters + Transforms<TLanes, TScheme>.ScratchLength) * sizeof(float))), scratch = taps + AtOnce * Taps * Filters;
        float* source = weights + group * g.Filters * g.Steps + slice * Filters * row;
        int strip = Blocking<TLanes, float>.Columns;
        for (long block = 0; block < _blocks.Count; block++)
        {
            (long first, long channels) = _blocks[block];
            float* target = At(group, slice, first, channels);
            for (long c = 0; c < channels; c += AtOnce)
            {
                long some = Math.Min(AtOnce, channels - c);
                Turn(source + (first + c) * channel, filters, some, taps);
                for (long i = 0; i < some; i++)
                {
                    float* from = taps + i * Taps * Filters + (reversed ? (Taps - 1) * Filters : 0);
                    float* to = target + (c + i) * strip;
                    for (int f = 0; f < Filters; f += TLanes.Count)
                        Transforms<TLanes, TScheme>.Filter(from + f, reversed ? -Filters : Filters, to + f / strip * strip * channels + f % strip, Filters * channels, scratch);
                }
            }
        }
    }

    /// <summary>[channel, tap, filter], so that filters are lanes.</summary>
    void Turn(float* source, int filters, long channels, float* target)
    {
        if (channel == Taps)
        {
            Packing.Strip<float, float>(source, row, 1, filters, Filters, channels * Taps, target);
            return;
        }

        for (long c = 0; c < channels; c++)
            Packing.Strip<float, float>(source + c * channel, row, 1, filters, Filters, Taps, target + c * Taps * Filters);
    }
}
