using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>A run of y's elements to a chunk.</summary>
internal readonly unsafe struct MatrixVectorChunks<T>(Matrix<T> matrix, long rows, long columns, T* x, long xStep, T* y, long yStep, bool accumulate, bool byRows) : IChunks
{
    /// <summary>Elements of y whose piece of every column is still a few cache lines, and which stay in the first-level cache.</summary>
    const long ColumnPiece = 512;

    readonly T* _x = x, _y = y;
    readonly long _length = byRows ? Math.Clamp(((1 << 16) / Math.Max(columns, 1) + 3) / 4 * 4, 4, 1024) : ColumnPiece;

    public long Count => (rows + _length - 1) / _length;

    public void Run(long chunk)
    {
        if (Vector512.IsHardwareAccelerated) Run<Wide512<T>>(chunk);
        else if (Vector256.IsHardwareAccelerated) Run<Wide256<T>>(chunk);
        else if (Vector128.IsHardwareAccelerated) Run<Wide128<T>>(chunk);
        else Run<Lane<T>>(chunk);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    void Run<TLanes>(long chunk) where TLanes : struct, ILanes<TLanes, T>
    {
        long start = chunk * _length, length = Math.Min(_length, rows - start);
        T* m = matrix.Data + start * matrix.RowStride;
        T* y = _y + start * yStep;
        if (byRows)
        {
            MatrixVector.Dots<TLanes, T>(m, matrix.RowStride, length, columns, _x, y, yStep, accumulate);
            return;
        }
        byte* denseBytes = stackalloc byte[(int)ColumnPiece * sizeof(T)];
        T* dense = (T*)denseBytes;
        T* sums = yStep == 1 ? y : dense;
        if (!accumulate) new Span<T>(sums, (int)length).Clear();
        else if (yStep != 1) for (long i = 0; i < length; i++) sums[i] = y[i * yStep];
        MatrixVector.Columns<TLanes, T>(m, matrix.ColumnStride, length, columns, _x, xStep, sums);
        if (yStep != 1) for (long i = 0; i < length; i++) y[i * yStep] = sums[i];
    }
}
