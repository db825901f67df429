namespace Adjoint.Kernels.Gemm;

/// <summary>One product C = A·B + D, computed in T; D is C itself, a bias, or nothing. What an epilogue makes of C may be all that is wanted: then C holds nothing afterwards.</summary>
/// <param name="rows">Rows of A and C.</param>
/// <param name="columns">Columns of B and C.</param>
/// <param name="steps">Columns of A and rows of B.</param>
/// <param name="a">A.</param>
/// <param name="b">B.</param>
/// <param name="c">C, of unit column stride; null where it is nowhere, and only what follows from it is wanted.</param>
/// <param name="cRow">From row to row of C.</param>
/// <param name="d">D.</param>
/// <param name="after">What follows, or null. A pointer to the caller's own: a product is copied often, and refers to nothing that the collector has to know of.</param>
/// <param name="row">Where C's first row is in the whole product, for the epilogue.</param>
/// <param name="column">And its first column.</param>
internal readonly unsafe struct Product<T>(long rows, long columns, long steps, Matrix<T> a, Matrix<T> b, T* c, long cRow, Addend<T> d, Epilogue* after = null, long row = 0, long column = 0)
{
    public readonly long Rows = rows, Columns = columns, Steps = steps;
    public readonly Matrix<T> A = a, B = b;
    public readonly T* C = c;
    public readonly long CRow = cRow;
    public readonly Addend<T> D = d;
    public readonly Epilogue* After = after;
    readonly long _row = row, _column = column;

    public Product(long rows, long columns, long steps, Matrix<T> a, Matrix<T> b, T* c, long cRow, bool accumulate)
        : this(rows, columns, steps, a, b, c, cRow, accumulate ? new Addend<T>(c, cRow) : default)
    {
    }

    /// <summary>Whether D is C itself.</summary>
    public bool Accumulates => C != null && D.Data == C;

    /// <summary>Whether C need not be there: each element is summed in one go and handed to the epilogue.</summary>
    public bool IsPassing => After != null && !Accumulates;

    /// <summary>The same product, with C somewhere else.</summary>
    public Product<T> With(T* c, long cRow) => new(Rows, Columns, Steps, A, B, c, cRow, D, After, _row, _column);

    /// <summary>The part of the product at a row and column of C and a step of the sum.</summary>
    public Product<T> Part(long row, long column, long step, long rows, long columns, long steps) =>
        new(rows, columns, steps, A.From(row, step), B.From(step, column), At(row, column), CRow, step > 0 ? new(At(row, column), CRow) : D.From(row, column),
            step + steps == Steps ? After : null, _row + row, _column + column);

    T* At(long row, long column) => C == null ? null : C + (row * CRow) + column;

    /// <summary>The same product of matrices that many elements further on; a D that is not C stays, and there is no epilogue.</summary>
    public Product<T> Shifted(long a, long b, long c) =>
        new(Rows, Columns, Steps, A.Shifted(a), B.Shifted(b), C + c, CRow, Accumulates ? new(C + c, CRow) : D);

    /// <summary>Where the result of the epilogue, BF16, is at a row and column.</summary>
    public Rounded Rounded(long row, long column) => After->Rounded(_row + row, _column + column);

    /// <summary>Hands the finished sums of some rows and columns to the epilogue, if there is one.</summary>
    public void Finish(T* sums, long sumsRow, long row, long column, long rows, long columns)
    {
        if (After != null) After->Run(sums, sumsRow, _row + row, _column + column, rows, columns);
    }
}
