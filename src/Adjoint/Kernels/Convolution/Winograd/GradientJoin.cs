using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>dWeight = Gᵀ W G, W the sum of the parts in order: a few filters and some channels to a chunk.</summary>
internal readonly unsafe struct GradientJoin<TLanes>(Geometry g, float* sums, float* dWeight) : IChunks
    where TLanes : struct, ILanes<TLanes, float>
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
