namespace Adjoint.Kernels.Gemm;

/// <summary>One product C = A·B or C += A·B, of stored elements TIn and computed elements T.</summary>
internal readonly unsafe struct Product<TIn, T>(long rows, long columns, long steps, Matrix<TIn> a, Matrix<TIn> b, T* c, long cRow, bool accumulate)
{
    public readonly long Rows = rows, Columns = columns, Steps = steps;
    public readonly Matrix<TIn> A = a, B = b;
    public readonly T* C = c;
    public readonly long CRow = cRow;
    public readonly bool Accumulate = accumulate;

    /// <summary>The part of the product at a row and column of C and a step of the sum.</summary>
    public Product<TIn, T> Part(long row, long column, long step, long rows, long columns, long steps) =>
        new(rows, columns, steps, A.From(row, step), B.From(step, column), C + row * CRow + column, CRow, Accumulate || step > 0);

    /// <summary>The same product of matrices that many elements further on.</summary>
    public Product<TIn, T> Shifted(long a, long b, long c) =>
        new(Rows, Columns, Steps, new(A.Data + a, A.RowStride, A.ColumnStride), new(B.Data + b, B.RowStride, B.ColumnStride), C + c, CRow, Accumulate);
}
