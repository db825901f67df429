using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Products with one row or one column: y = M·x or y += M·x, each element of M read once, so memory is the limit.</summary>
internal static unsafe class MatrixVector
{
    /// <summary>Matrices of fewer elements than this stay on one thread.</summary>
    const double ThreadWork = 1 << 17;

    /// <summary>A strided x is gathered first, up to this length.</summary>
    const long GatherLimit = 1 << 19;

    /// <summary>False if an operand is stored in another type, or neither of the matrix's strides is 1: then packing is the better way.</summary>
    public static bool Run<T>(in Product<T> p, bool parallel)
    {
        if (!p.A.IsNative || !p.B.IsNative) return false;
        // A row times B is the transposed B times a column.
        Matrix<T> matrix = p.Columns == 1 ? p.A : p.B.Transposed;
        T* x = p.Columns == 1 ? p.B.Data : p.A.Data;
        long xStep = p.Columns == 1 ? p.B.RowStride : p.A.ColumnStride, yStep = p.Columns == 1 ? p.CRow : 1;
        long rows = p.Columns == 1 ? p.Rows : p.Columns, columns = p.Steps;
        bool byRows = matrix.ColumnStride == 1 || columns == 1;
        if (!byRows && matrix.RowStride != 1) return false;
        if (byRows && xStep != 1)
        {
            if (columns > GatherLimit) return false;
            T* gathered = (T*)Workspace.Take((nuint)(columns * sizeof(T)));
            for (long i = 0; i < columns; i++) gathered[i] = x[i * xStep];
            x = gathered;
            xStep = 1;
        }
        if (!p.D.IsNone) Gemm.PutAddend(p);
        var body = new MatrixVectorChunks<T>(matrix, rows, columns, x, xStep, p.C, yStep, accumulate: !p.D.IsNone, byRows);
        if (parallel && (double)rows * columns >= ThreadWork) Parallel.For(body.Count, body);
        else for (long i = 0; i < body.Count; i++) body.Run(i);
        return true;
    }

    /// <summary>M's rows are contiguous: four dot products at a time share the reads of x.</summary>
    /// <remarks>Two accumulators a row; a row's order of summation is the same in a group of four and alone.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Dots<TLanes, T>(T* matrix, long rowStride, long rows, long columns, T* x, T* y, long yStep, bool accumulate)
        where TLanes : struct, ILanes<TLanes, T>
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long n = TLanes.Count, pairs = columns / (2 * n) * (2 * n);
        for (long i = 0; i < rows; i += 4)
        {
            T* r0 = matrix + i * rowStride;
            T* r1 = i + 1 < rows ? r0 + rowStride : r0;
            T* r2 = i + 2 < rows ? r1 + rowStride : r0;
            T* r3 = i + 3 < rows ? r2 + rowStride : r0;
            TLanes a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (long j = 0; j < pairs; j += 2 * n)
            {
                TLanes v = TLanes.Load(x + j), w = TLanes.Load(x + j + n);
                a0 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r0 + j), v, a0);
                a1 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r1 + j), v, a1);
                a2 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r2 + j), v, a2);
                a3 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r3 + j), v, a3);
                b0 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r0 + j + n), w, b0);
                b1 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r1 + j + n), w, b1);
                b2 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r2 + j + n), w, b2);
                b3 = MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(r3 + j + n), w, b3);
            }
            Put(r0, TLanes.Sum(a0 + b0), y + i * yStep);
            if (i + 1 < rows) Put(r1, TLanes.Sum(a1 + b1), y + (i + 1) * yStep);
            if (i + 2 < rows) Put(r2, TLanes.Sum(a2 + b2), y + (i + 2) * yStep);
            if (i + 3 < rows) Put(r3, TLanes.Sum(a3 + b3), y + (i + 3) * yStep);
        }

        void Put(T* row, T sum, T* target)
        {
            Lane<T> total = sum;
            for (long j = pairs; j < columns; j++) total = MicroKernel.MultiplyAdd<Lane<T>, T>(row[j], x[j], total);
            *target = accumulate ? (Lane<T>.Load(target) + total).Value : total.Value;
        }
    }

    /// <summary>M's columns are contiguous: y, a cache-sized piece, gathers four scaled columns at a time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Columns<TLanes, T>(T* matrix, long columnStride, long rows, long columns, T* x, long xStep, T* y)
        where TLanes : struct, ILanes<TLanes, T>
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long n = TLanes.Count, body = rows / n * n, j = 0;
        for (; j + 4 <= columns; j += 4)
        {
            T* m0 = matrix + j * columnStride;
            T* m1 = m0 + columnStride, m2 = m1 + columnStride, m3 = m2 + columnStride;
            T x0 = x[j * xStep], x1 = x[(j + 1) * xStep], x2 = x[(j + 2) * xStep], x3 = x[(j + 3) * xStep];
            TLanes v0 = TLanes.All(x0), v1 = TLanes.All(x1), v2 = TLanes.All(x2), v3 = TLanes.All(x3);
            for (long i = 0; i < body; i += n)
                TLanes.Store(Four(TLanes.Load(m0 + i), TLanes.Load(m1 + i), TLanes.Load(m2 + i), TLanes.Load(m3 + i), v0, v1, v2, v3, TLanes.Load(y + i)), y + i);
            for (long i = body; i < rows; i++)
                y[i] = Four<Lane<T>>(m0[i], m1[i], m2[i], m3[i], x0, x1, x2, x3, y[i]).Value;
        }
        for (; j < columns; j++)
        {
            T* m = matrix + j * columnStride;
            T s = x[j * xStep];
            TLanes v = TLanes.All(s);
            for (long i = 0; i < body; i += n) TLanes.Store(MicroKernel.MultiplyAdd<TLanes, T>(TLanes.Load(m + i), v, TLanes.Load(y + i)), y + i);
            for (long i = body; i < rows; i++) y[i] = MicroKernel.MultiplyAdd<Lane<T>, T>(m[i], s, y[i]).Value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TL Four<TL>(TL m0, TL m1, TL m2, TL m3, TL v0, TL v1, TL v2, TL v3, TL y) where TL : struct, ILanes<TL, T>
        {
            y = MicroKernel.MultiplyAdd<TL, T>(m0, v0, y);
            y = MicroKernel.MultiplyAdd<TL, T>(m1, v1, y);
            y = MicroKernel.MultiplyAdd<TL, T>(m2, v2, y);
            return MicroKernel.MultiplyAdd<TL, T>(m3, v3, y);
        }
    }
}
