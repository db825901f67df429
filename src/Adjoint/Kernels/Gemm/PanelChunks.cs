using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Multiplies one block or two panel by panel: a few strips of one operand, which the chunk packs for itself, with all strips of the other.</summary>
/// <remarks>
/// What a panel holds is read from memory once and never leaves its core's second-level cache. Packing all strips first, in a
/// loop of their own, would write them to where other cores fetch them from, and make all threads wait for it.
/// </remarks>
internal readonly unsafe struct PanelChunks<TLanes, T>(Block<TLanes, T>* blocks, int count, bool ofRows) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>With fewer panels than that, threads might wait for the last.</summary>
    public const long EnoughPanels = 16;

    const long MostStrips = 8;

    /// <summary>What strips of the other operand make before an epilogue follows: it stays in the second-level cache.</summary>
    const long ApartBytes = 384 << 10;

    readonly long _strips = ofRows ? blocks->RowStrips : blocks->ColumnStrips;
    readonly long _perPanel = Math.Clamp((ofRows ? blocks->RowStrips : blocks->ColumnStrips) / EnoughPanels, 1, MostStrips);

    public long Count => count * Panels;

    long Panels => (_strips + _perPanel - 1) / _perPanel;

    /// <summary>So many strips of the other operand: all, where they are not too many, so that an epilogue has whole rows before it.</summary>
    long Across => Math.Clamp(ApartBytes / (_perPanel * Blocking<TLanes, T>.Rows * Blocking<TLanes, T>.Columns * sizeof(T)), 1, ofRows ? blocks->ColumnStrips : blocks->RowStrips);

    [SkipLocalsInit]
    public void Run(long chunk)
    {
        ref readonly Block<TLanes, T> block = ref blocks[chunk / Panels];
        chunk %= Panels;
        int width = ofRows ? Blocking<TLanes, T>.Rows : Blocking<TLanes, T>.Columns;
        long first = chunk * _perPanel, end = Math.Min(first + _perPanel, _strips), length = width * block.Product.Steps;
        long across = Across;
        using Scratch memory = Scratch.Take(((_perPanel * length) * sizeof(T)) + block.BytesApart(_perPanel, across));
        byte* scratchBytes = stackalloc byte[Blocking<TLanes, T>.Rows * Blocking<TLanes, T>.Columns * sizeof(T)];
        T* panel = (T*)memory.Pointer, apart = panel + (_perPanel * length), scratch = (T*)scratchBytes;
        if (ofRows)
        {
            for (long i = first; i < end; i++) block.PackStripA(i, panel + ((i - first) * length));
            for (long column = 0, next; column < block.ColumnStrips; column = next)
            {
                next = Math.Min(column + across, block.ColumnStrips);
                Sums<T> sums = block.SumsOf(first, column, across, apart);
                for (long j = column; j < next; j++)
                {
                    Matrix<T> b = block.StripB(j);
                    for (long i = first; i < end; i++) block.Multiply(i, j, new(panel + ((i - first) * length), 1, width), b, sums, scratch);
                }

                block.Finish(first, column, end, next, sums);
            }
        }
        else
        {
            for (long j = first; j < end; j++) block.PackStripB(j, panel + ((j - first) * length));
            for (long row = 0, next; row < block.RowStrips; row = next)
            {
                next = Math.Min(row + across, block.RowStrips);
                Sums<T> sums = block.SumsOf(row, first, _perPanel, apart);
                for (long i = row; i < next; i++)
                {
                    Matrix<T> a = block.StripA(i);
                    for (long j = first; j < end; j++) block.Multiply(i, j, a, new(panel + ((j - first) * length), width, 1), sums, scratch);
                }

                block.Finish(row, first, next, end, sums);
            }
        }
    }
}
