using System.Runtime.CompilerServices;
using Adjoint.Kernels.Gemm;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Turns a small matrix: rows become columns.</summary>
internal static unsafe class Transposition
{
    const int Side = 4;

    /// <summary><c>target[c·targetRow + r] = source[r·sourceRow + c]</c>.</summary>
    /// <remarks>
    /// By squares of four, the last of which overlap the ones before. The side with the larger stride is the outer loop, so that
    /// only four of its rows, which tend to share a cache set, are in use at a time.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(float* source, long sourceRow, long rows, long columns, float* target, long targetRow)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        if (rows < Side || columns < Side || !Packing.CanTranspose)
        {
            for (long r = 0; r < rows; r++)
                for (long c = 0; c < columns; c++) target[c * targetRow + r] = source[r * sourceRow + c];
            return;
        }

        bool byRows = sourceRow > targetRow;
        long outer = byRows ? rows : columns, inner = byRows ? columns : rows;
        long sourceOuter = byRows ? sourceRow : 1, sourceInner = byRows ? 1 : sourceRow;
        long targetOuter = byRows ? 1 : targetRow, targetInner = byRows ? targetRow : 1;
        for (long i = 0; i < outer; i += Side)
        {
            long at = Math.Min(i, outer - Side);
            float* from = source + at * sourceOuter;
            float* to = target + at * targetOuter;
            for (long j = 0; j <= inner - Side; j += Side) Packing.Turn<float, float>(from + j * sourceInner, sourceRow, to + j * targetInner, targetRow);
            if (inner % Side != 0) Packing.Turn<float, float>(from + (inner - Side) * sourceInner, sourceRow, to + (inner - Side) * targetInner, targetRow);
        }
    }
}
