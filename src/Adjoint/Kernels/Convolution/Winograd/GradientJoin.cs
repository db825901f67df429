using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>dWeight = Gᵀ W G, W the sum of the parts in order: a few filters and some channels to a chunk.</summary>
internal readonly unsafe struct GradientJoin<TLanes, TScheme>(Geometry g, float* sums, float* dWeight) : IChunks
    where TLanes : struct, ILanes<TLanes, float>
    where TScheme : struct, IScheme
{
    const long FiltersAtOnce = 8;

    readonly GradientCut<TScheme> _cut = new(g);

    static int Taps => TScheme.Taps * TScheme.Taps;

    static int Products => WinogradSizes<TScheme>.Parts;

    long PerBlock => (_cut.Filters.Length + FiltersAtOnce - 1) / FiltersAtOnce;

    public long Count => g.Groups * _cut.Filters.Count * _cut.Channels.Count * PerBlock;

    public void Run(long chunk)
    {
        long block = chunk / PerBlock, firstRow = chunk % PerBlock * FiltersAtOnce;
        (long channel, long channels) = _cut.Channels[block % _cut.Channels.Count];
        (long filter, long filters) = _cut.Filters[block / _cut.Channels.Count % _cut.Filters.Count];
        long group = block / (_cut.Filters.Count * _cut.Channels.Count), rows = Math.Min(FiltersAtOnce, filters - firstRow), slice = FiltersAtOnce * _cut.Channels.Length;
        float* w = (float*)Workspace.Take((nuint)((Products * slice + Taps * TLanes.Count + Transforms<TLanes, TScheme>.ScratchLength) * sizeof(float)));
        float* taps = w + Products * slice, scratch = taps + Taps * TLanes.Count;
        for (int i = 0; i < Products; i++) Sum(sums + (block * Products + i) * _cut.Sum + firstRow * _cut.Channels.Length, rows * _cut.Channels.Length, w + i * slice);
        for (long row = 0; row < rows; row++)
        {
            float* target = dWeight + ((group * g.Filters + filter + firstRow + row) * g.Channels + channel) * Taps;
            for (long c = 0; c < channels; c += TLanes.Count)
            {
                Transforms<TLanes, TScheme>.FilterGradient(w + row * _cut.Channels.Length + c, slice, taps, TLanes.Count, scratch);
                Transposition.Run(taps, TLanes.Count, 0, Taps, Math.Min(TLanes.Count, channels - c), target + c * Taps, Taps, 0, 1);
            }
        }
    }

    /// <summary>Some neighbouring elements of all parts.</summary>
    void Sum(float* source, long count, float* target)
    {
        long part = _cut.Part(g.Groups);
        for (long c = 0; c < count; c += TLanes.Count)
        {
            TLanes sum = TLanes.Load(source + c);
            for (long p = 1; p < _cut.Parts; p++) sum += TLanes.Load(source + p * part + c);
            TLanes.Store(sum, target + c);
        }
    }
}
