using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Kernels.Interpolation;

/// <summary>Rows as weighted sums of a few other rows: <c>y[o, r, :] = Σ over e of weight[e]·x[o, column[e], :]</c>, e from start[r] to start[r + 1].</summary>
/// <remarks>x is [outer, columns, inner], y [outer, rows, inner]. Each row of y is written once, its sum made in the order of e.</remarks>
internal static unsafe class WeightedRows
{
    public static void Run<T>(T* x, T* y, long outer, long columns, long rows, long inner, long* start, long* column, T* weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long perRow = rows == 0 ? 0 : (start[rows] + rows - 1) / rows;
        if (inner == 1) ItemLoop<Line<T>>.Over(new(x, y, columns, rows, start, column, weight), outer, rows * perRow);
        else ItemLoop<Row<T>>.Over(new(x, y, columns, rows, inner, start, column, weight), outer * rows, inner * perRow);
    }

    // The last axis: neighbours in y come from anywhere in a short line of x, one element at a time.
    readonly struct Line<T>(T* x, T* y, long columns, long rows, long* start, long* column, T* weight) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            T* from = x + (item * columns), to = y + (item * rows);
            for (long r = 0, e = start[0]; r < rows; r++)
            {
                T sum = T.Zero;
                for (; e < start[r + 1]; e++) sum += weight[e] * from[column[e]];
                to[r] = sum;
            }
        }
    }

    readonly struct Row<T>(T* x, T* y, long columns, long rows, long inner, long* start, long* column, T* weight) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        // As many elements as stay in the first-level cache while all rows of the sum pass over them.
        const int Block = 1024;

        public void Run(long item)
        {
            (long o, long r) = Math.DivRem(item, rows);
            T* from = x + (o * columns * inner), to = y + (item * inner);
            for (long at = 0; at < inner; at += Block)
            {
                int length = (int)Math.Min(Block, inner - at);
                var sum = new Span<T>(to + at, length);
                if (start[r] == start[r + 1]) sum.Clear();
                for (long e = start[r]; e < start[r + 1]; e++)
                {
                    var term = new ReadOnlySpan<T>(from + (column[e] * inner) + at, length);
                    if (e == start[r]) TensorPrimitives.Multiply(term, weight[e], sum);
                    else TensorPrimitives.MultiplyAdd(term, weight[e], sum, sum);
                }
            }
        }
    }
}
