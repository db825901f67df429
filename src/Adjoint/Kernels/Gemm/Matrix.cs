namespace Adjoint.Kernels.Gemm;

/// <summary>A matrix operand: any row and column stride (in elements), so that transposes cost nothing. It is read as T, and stored as T or in a half type that is widened while packing.</summary>
internal readonly unsafe struct Matrix<T>
{
    readonly byte* _data;
    readonly int _bytes;
    readonly bool _isBFloat16;
    public readonly long RowStride, ColumnStride;

    public Matrix(T* data, long rowStride, long columnStride) : this((byte*)data, sizeof(T), false, rowStride, columnStride)
    {
    }

    /// <param name="data">Where it is.</param>
    /// <param name="stored">The type of what is there: T, or, where T is float, a half type.</param>
    /// <param name="rowStride">From row to row, in elements.</param>
    /// <param name="columnStride">From column to column, in elements.</param>
    public Matrix(void* data, DType stored, long rowStride, long columnStride) : this((byte*)data, stored.Bytes, stored == DType.BF16, rowStride, columnStride)
    {
    }

    Matrix(byte* data, int bytes, bool isBFloat16, long rowStride, long columnStride)
    {
        _data = data;
        (_bytes, _isBFloat16, RowStride, ColumnStride) = (bytes, isBFloat16, rowStride, columnStride);
    }

    /// <summary>Whether it is stored as it is read; else it has to be packed.</summary>
    public bool IsNative => _bytes == sizeof(T);

    /// <summary>The first element, where the matrix <see cref="IsNative"/>.</summary>
    public T* Data => (T*)_data;

    public Matrix<T> Transposed => new(_data, _bytes, _isBFloat16, ColumnStride, RowStride);

    /// <summary>The same matrix without its first rows and columns.</summary>
    public Matrix<T> From(long row, long column) => Shifted((row * RowStride) + (column * ColumnStride));

    /// <summary>The same matrix, that many elements further on.</summary>
    public Matrix<T> Shifted(long elements) => new(_data + (elements * _bytes), _bytes, _isBFloat16, RowStride, ColumnStride);

    /// <summary>Copies the first rows, side by side, into the order in which the micro-kernel reads them: see <see cref="Packing.Strip"/>.</summary>
    public void Pack(int rows, int width, long steps, T* target)
    {
        if (typeof(T) != typeof(float) || IsNative) Packing.Strip((T*)_data, RowStride, ColumnStride, rows, width, steps, target);
        else if (_isBFloat16) Packing.Strip((BFloat16*)_data, RowStride, ColumnStride, rows, width, steps, (float*)target);
        else Packing.Strip((Half*)_data, RowStride, ColumnStride, rows, width, steps, (float*)target);
    }
}
