using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Multiplies a block panel by panel: a few strips of one operand, which the chunk packs for itself, with all strips of the other.</summary>
/// <remarks>
/// What a panel holds is read from memory once and never leaves its core's second-level cache. Packing all strips first, in a
/// loop of their own, would write them to where other cores fetch them from, and make all threads wait for it.
/// </remarks>
internal readonly unsafe struct PanelChunks<TLanes, TIn, T>(Block<TLanes, TIn, T> block, bool ofRows) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>With fewer panels than that, threads might wait for the last.</summary>
    public const long EnoughPanels = 16;

    const long MostStrips = 8;

    readonly Block<TLanes, TIn, T> _block = block;
    readonly long _strips = ofRows ? block.RowStrips : block.ColumnStrips;
    readonly long _perPanel = Math.Clamp((ofRows ? block.RowStrips : block.ColumnStrips) / EnoughPanels, 1, MostStrips);

    public long Count => (_strips + _perPanel - 1) / _perPanel;

    [SkipLocalsInit]
    public void Run(long chunk)
    {
        int width = ofRows ? Blocking<TLanes, T>.Rows : Blocking<TLanes, T>.Columns;
        long first = chunk * _perPanel, end = Math.Min(first + _perPanel, _strips), length = width * _block.Product.Steps;
        using Scratch memory = Scratch.Take((_perPanel * length) * sizeof(T));
        byte* scratchBytes = stackalloc byte[Blocking<TLanes, T>.Rows * Blocking<TLanes, T>.Columns * sizeof(T)];
        T* panel = (T*)memory.Pointer, scratch = (T*)scratchBytes;
        if (ofRows)
        {
            for (long i = first; i < end; i++) _block.PackStripA(i, panel + ((i - first) * length));
            for (long j = 0; j < _block.ColumnStrips; j++)
            {
                Matrix<T> b = _block.StripB(j);
                for (long i = first; i < end; i++) _block.Multiply(i, j, new(panel + ((i - first) * length), 1, width), b, scratch);
            }
        }
        else
        {
            for (long j = first; j < end; j++) _block.PackStripB(j, panel + ((j - first) * length));
            for (long i = 0; i < _block.RowStrips; i++)
            {
                Matrix<T> a = _block.StripA(i);
                for (long j = first; j < end; j++) _block.Multiply(i, j, a, new(panel + ((j - first) * length), width, 1), scratch);
            }
        }
    }
}
