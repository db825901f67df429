namespace Adjoint.Kernels.Gemm;

/// <summary>One product C = A·B + D, of stored elements TIn and computed elements T; D is C itself, a bias, or nothing.</summary>
internal readonly unsafe struct Product<TIn, T>(long rows, long columns, long steps, Matrix<TIn> a, Matrix<TIn> b, T* c, long cRow, Addend<T> d)
{
    public readonly long Rows = rows, Columns = columns, Steps = steps;
    public readonly Matrix<TIn> A = a, B = b;
    public readonly T* C = c;
    public readonly long CRow = cRow;
    public readonly Addend<T> D = d;

    public Product(long rows, long columns, long steps, Matrix<TIn> a, Matrix<TIn> b, T* c, long cRow, bool accumulate)
        : this(rows, columns, steps, a, b, c, cRow, accumulate ? new Addend<T>(c, cRow) : default)
    {
    }

    /// <summary>Whether D is C itself.</summary>
    public bool Accumulates => D.Data == C;

    /// <summary>The part of the product at a row and column of C and a step of the sum.</summary>
    public Product<TIn, T> Part(long row, long column, long step, long rows, long columns, long steps) =>
        new(rows, columns, steps, A.From(row, step), B.From(step, column), C + row * CRow + column, CRow, step > 0 ? new(C + row * CRow + column, CRow) : D.From(row, column));

    /// <summary>The same product of matrices that many elements further on; a D that is not C stays.</summary>
    public Product<TIn, T> Shifted(long a, long b, long c) =>
        new(Rows, Columns, Steps, new(A.Data + a, A.RowStride, A.ColumnStride), new(B.Data + b, B.RowStride, B.ColumnStride), C + c, CRow, Accumulates ? new(C + c, CRow) : D);
}
