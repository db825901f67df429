using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Chooses the micro-kernel for a tile: those of a third, two thirds and all of a strip's rows, one or two vectors across.</summary>
/// <remarks>Operands go by reference: a copy on the stack is read by other widths than it was just written by, and so waits for all that the tile before has stored (3 % of a small product).</remarks>
internal static unsafe class Tile
{
    /// <summary>C = A·B or C += A·B of one tile.</summary>
    public static void Multiply<TLanes, T>(int rows, int columns, long steps, in Matrix<T> a, in Matrix<T> b, T* c, long cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes, T> =>
        Multiply<TLanes, T, T>(rows, columns, steps, a, b, c, cRow, accumulate ? new Addend<T>(c, cRow) : default);

    /// <summary>C = A·B + D of one tile, C being of T or BF16; rows and columns are rounded up to what a micro-kernel makes.</summary>
    public static void Multiply<TLanes, T, TResult>(int rows, int columns, long steps, in Matrix<T> a, in Matrix<T> b, TResult* c, long cRow, Addend<T> d)
        where TLanes : struct, ILanes<TLanes, T>
    {
        int unit = Blocking<TLanes, T>.Rows / 3, third = (rows + unit - 1) / unit;
        bool two = columns > TLanes.Count;
        if (Blocking<TLanes, T>.Rows == 12)
        {
            if (two && third == 3) Multiply<TLanes, T, Tile12x2, TResult>(steps, a, b, c, cRow, d);
            else if (two && third == 2) Multiply<TLanes, T, Tile8x2, TResult>(steps, a, b, c, cRow, d);
            else if (two) Multiply<TLanes, T, Tile4x2, TResult>(steps, a, b, c, cRow, d);
            else if (third == 3) Multiply<TLanes, T, Tile12x1, TResult>(steps, a, b, c, cRow, d);
            else if (third == 2) Multiply<TLanes, T, Tile8x1, TResult>(steps, a, b, c, cRow, d);
            else Multiply<TLanes, T, Tile4x1, TResult>(steps, a, b, c, cRow, d);
        }
        else
        {
            if (two && third == 3) Multiply<TLanes, T, Tile6x2, TResult>(steps, a, b, c, cRow, d);
            else if (two && third == 2) Multiply<TLanes, T, Tile4x2, TResult>(steps, a, b, c, cRow, d);
            else if (two) Multiply<TLanes, T, Tile2x2, TResult>(steps, a, b, c, cRow, d);
            else if (third == 3) Multiply<TLanes, T, Tile6x1, TResult>(steps, a, b, c, cRow, d);
            else if (third == 2) Multiply<TLanes, T, Tile4x1, TResult>(steps, a, b, c, cRow, d);
            else Multiply<TLanes, T, Tile2x1, TResult>(steps, a, b, c, cRow, d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Multiply<TLanes, T, TTile, TResult>(long steps, in Matrix<T> a, in Matrix<T> b, TResult* c, long cRow, Addend<T> d)
        where TLanes : struct, ILanes<TLanes, T>
        where TTile : struct, ITileShape =>
        MicroKernel.Run<TLanes, T, TTile, TResult>(steps, a.Data, a.RowStride, a.ColumnStride, b.Data, b.RowStride, c, cRow, d.Data, d.RowStride);
}
