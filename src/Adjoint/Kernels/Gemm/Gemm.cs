using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Dense matrix products: C[m,n] = A[m,k]·B[k,n], C += A·B, or each row of C = its row of A·B + a bias[n]; in float or double.</summary>
/// <remarks>
/// A and B may have any strides; C has unit column stride. When not accumulating, C is not read. Every element of C is summed over
/// k in an order that depends on m, n, k and the strides alone, so any number of threads gives the same bits. A product of no steps
/// (k = 0) is zero. The blocking follows Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008.
/// </remarks>
internal static unsafe class Gemm
{
    /// <summary>Products of fewer multiply-adds than this stay on one thread.</summary>
    const double ThreadWork = 1 << 19;

    /// <summary>Products of more than this many multiply-adds are split inside rather than spread whole over threads.</summary>
    const double LargeWork = 1 << 24;

    /// <summary>So are products of which there are too few to keep threads equally busy.</summary>
    const long FewProducts = 8;

    public static void Run<T>(long m, long n, long k, Matrix<T> a, Matrix<T> b, T* c, long ldc, bool accumulate) =>
        One<T>(new(m, n, k, a, b, c, ldc, accumulate), parallel: true);

    /// <summary>C = A·B + bias in every row, or C = A·B where the bias is null; and what follows from C; C may be null where nothing else is wanted.</summary>
    public static void Affine<T>(long m, long n, long k, Matrix<T> a, Matrix<T> b, T* bias, T* c, long ldc, Epilogue* after) =>
        One<T>(new(m, n, k, a, b, c, ldc, new Addend<T>(bias, 0), after), parallel: true);

    /// <summary><paramref name="batch"/> products; steps are elements between consecutive matrices, 0 for one matrix shared by all.</summary>
    public static void RunBatched<T>(long batch, long m, long n, long k, Matrix<T> a, long aStep, Matrix<T> b, long bStep, T* c, long ldc, long cStep, bool accumulate) =>
        Many<T>(new(m, n, k, a, b, c, ldc, accumulate), batch, aStep, bStep, cStep);

    static void Many<T>(in Product<T> first, long batch, long aStep, long bStep, long cStep)
    {
        if (batch <= 0) return;
        if (bStep == 0 && aStep == first.Rows * first.A.RowStride && cStep == first.Rows * first.CRow)
        {
            // One B for all, and the As and Cs follow each other: the batch is just more rows.
            One<T>(new(batch * first.Rows, first.Columns, first.Steps, first.A, first.B, first.C, first.CRow, first.D), parallel: true);
            return;
        }
        double work = Work(first);
        if (work >= LargeWork || (batch < FewProducts && work >= ThreadWork))
        {
            for (long i = 0; i < batch; i++) One(first.Shifted(i * aStep, i * bStep, i * cStep), parallel: true);
            return;
        }
        long group = (long)Math.Min(batch, Math.Max(1, ThreadWork / Math.Max(work, 1)));
        var chunks = new BatchChunks<T>(first, batch, group, aStep, bStep, cStep);
        Parallel.For((batch + group - 1) / group, chunks);
    }

    static double Work<T>(in Product<T> p) => (double)p.Rows * p.Columns * p.Steps;

    internal static void One<T>(in Product<T> product, bool parallel)
    {
        if (product.Rows <= 0 || product.Columns <= 0) return;
        if (product.C == null && (product.Steps <= 0 || product.Rows == 1 || product.Columns == 1))
        {
            using Scratch sums = Scratch.Take(product.Rows * product.Columns * sizeof(T));
            One(product.With((T*)sums.Pointer, product.Columns), parallel);
            return;
        }

        if (product.Steps <= 0)
        {
            PutAddend(product);
            product.Finish(product.C, product.CRow, 0, 0, product.Rows, product.Columns);
            return;
        }
        if ((product.Rows == 1 || product.Columns == 1) && MatrixVector.Run(product, parallel))
        {
            product.Finish(product.C, product.CRow, 0, 0, product.Rows, product.Columns);
            return;
        }

        parallel &= Work(product) >= ThreadWork;
        if (StepHalves.Suit(product)) StepHalves.Run(product, parallel);
        else Blocks(product, default, parallel);
    }

    /// <summary>A product and perhaps one beside it: see <see cref="Blocked"/>.</summary>
    internal static void Blocks<T>(in Product<T> product, in Product<T> beside, bool parallel)
    {
        if (Vector512.IsHardwareAccelerated) Run512(product, beside, parallel);
        else if (Vector256.IsHardwareAccelerated) Run256(product, beside, parallel);
        else if (Vector128.IsHardwareAccelerated) Run128(product, beside, parallel);
        else Blocked.Run<Lane<T>, T>(product, beside, parallel);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Run512<T>(in Product<T> p, in Product<T> beside, bool parallel) => Blocked.Run<Wide512<T>, T>(p, beside, parallel);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Run256<T>(in Product<T> p, in Product<T> beside, bool parallel) => Blocked.Run<Wide256<T>, T>(p, beside, parallel);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Run128<T>(in Product<T> p, in Product<T> beside, bool parallel) => Blocked.Run<Wide128<T>, T>(p, beside, parallel);

    /// <summary>C = D: what a sum of no steps is, and where a product that can only accumulate begins.</summary>
    internal static void PutAddend<T>(in Product<T> product)
    {
        if (product.Accumulates) return;
        for (long i = 0; i < product.Rows; i++)
        {
            for (long j = 0; j < product.Columns; j += int.MaxValue)
            {
                var c = new Span<T>(product.C + i * product.CRow + j, (int)Math.Min(int.MaxValue, product.Columns - j));
                if (product.D.IsNone) c.Clear();
                else new Span<T>(product.D.Data + i * product.D.RowStride + j, c.Length).CopyTo(c);
            }
        }
    }
}
