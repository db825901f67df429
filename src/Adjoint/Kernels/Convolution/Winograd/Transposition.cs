using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Adjoint.Kernels.Gemm;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Turns small matrices: rows become columns.</summary>
internal static unsafe class Transposition
{
    const int Side = 4;

    /// <summary><c>target[c·targetRow + r] = source[r·sourceRow + c]</c>, for some matrices a step apart.</summary>
    /// <remarks>
    /// By squares of four, the last of which overlap the ones before. The side with the larger stride is the outer loop, around that
    /// over the matrices: only four of its rows, which tend to share a cache set, are in use at a time, and each is read, or written, as one run.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(float* source, long sourceRow, long sourceStep, long rows, long columns, float* target, long targetRow, long targetStep, long matrices)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        Compiled.AtOnce(stackalloc byte[1]);
        if (rows < Side || columns < Side || !Packing.CanTranspose)
        {
            for (long m = 0; m < matrices; m++)
                for (long r = 0; r < rows; r++)
                    for (long c = 0; c < columns; c++) target[m * targetStep + c * targetRow + r] = source[m * sourceStep + r * sourceRow + c];
            return;
        }

        bool byRows = sourceRow > targetRow;
        long outer = byRows ? rows : columns, inner = byRows ? columns : rows;
        long sourceOuter = byRows ? sourceRow : 1, sourceInner = byRows ? 1 : sourceRow;
        long targetOuter = byRows ? 1 : targetRow, targetInner = byRows ? targetRow : 1;
        for (long i = 0; i < outer; i += Side)
        {
            long at = Math.Min(i, outer - Side);
            for (long m = 0; m < matrices; m++)
            {
                float* from = source + m * sourceStep + at * sourceOuter;
                float* to = target + m * targetStep + at * targetOuter;
                if (byRows) Expect(from + Side * sourceRow, sourceRow, inner);
                else Expect(to + Side * targetRow, targetRow, inner);
                for (long j = 0; j <= inner - Side; j += Side) Packing.Turn<float, float>(from + j * sourceInner, sourceRow, to + j * targetInner, targetRow);
                if (inner % Side != 0) Packing.Turn<float, float>(from + (inner - Side) * sourceInner, sourceRow, to + (inner - Side) * targetInner, targetRow);
            }
        }
    }

    /// <summary>The next rows are asked for while these are turned: each is too short a run for the hardware to foresee.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Expect(float* rows, long row, long count)
    {
        const long Line = 16;
        if (!Sse.IsSupported) return;
        for (int r = 0; r < Side; r++, rows += row)
            for (long j = 0; j < count; j += Line) Sse.Prefetch0(rows + j);
    }
}
