namespace Adjoint.Kernels.Formulas;

// Many short rows at once: what is done once a row is kept to a few additions.
internal static unsafe partial class Elements
{
    /// <summary>Rows of neighbours from this length on are moved a register at a time.</summary>
    const int Register = 16;

    /// <summary>Where rows of elements lie: <see cref="Length"/> elements, <see cref="Stride"/> apart, and <see cref="RowStride"/> from row to row.</summary>
    public readonly record struct Rows(long Length, long Stride, long RowStride);

    /// <summary>Reads elements row by row into a block; <paramref name="source"/> is the start of the row, of which <paramref name="column"/> elements are skipped.</summary>
    public static void Fetch<T>(DType type, void* source, Rows rows, long column, T* block, nint count)
    {
        if (rows.Stride == 1 && rows.Length >= Register)
        {
            for (byte* row = (byte*)source; count > 0; row += rows.RowStride * type.Bytes, column = 0)
            {
                nint length = (nint)Math.Min(rows.Length - column, count);
                Fetch(type, row + (column * type.Bytes), 1, block, length);
                block += length;
                count -= length;
            }

            return;
        }

        switch (type)
        {
            case DType.F64: Fetch((double*)source, rows, column, block, count); break;
            case DType.F32: Fetch((float*)source, rows, column, block, count); break;
            case DType.BF16: Fetch((BFloat16*)source, rows, column, block, count); break;
            case DType.F16: Fetch((Half*)source, rows, column, block, count); break;
            case DType.I64: Fetch((long*)source, rows, column, block, count); break;
            case DType.I32: Fetch((int*)source, rows, column, block, count); break;
            default: Fetch((byte*)source, rows, column, block, count); break;
        }
    }

    /// <summary>Writes a block row by row.</summary>
    public static void Put<T>(T* block, DType type, void* target, Rows rows, long column, nint count)
    {
        if (rows.Stride == 1 && rows.Length >= Register)
        {
            for (byte* row = (byte*)target; count > 0; row += rows.RowStride * type.Bytes, column = 0)
            {
                nint length = (nint)Math.Min(rows.Length - column, count);
                Put(block, type, row + (column * type.Bytes), 1, length);
                block += length;
                count -= length;
            }

            return;
        }

        switch (type)
        {
            case DType.F64: Put(block, (double*)target, rows, column, count); break;
            case DType.F32: Put(block, (float*)target, rows, column, count); break;
            case DType.BF16: Put(block, (BFloat16*)target, rows, column, count); break;
            case DType.F16: Put(block, (Half*)target, rows, column, count); break;
            case DType.I64: Put(block, (long*)target, rows, column, count); break;
            case DType.I32: Put(block, (int*)target, rows, column, count); break;
            case DType.U8: Put(block, (byte*)target, rows, column, count); break;
            default: Put(block, (bool*)target, rows, column, count); break;
        }
    }

    static void Fetch<TFrom, T>(TFrom* row, Rows rows, long column, T* block, nint count)
    {
        for (; count > 0; row += rows.RowStride, column = 0)
        {
            nint length = (nint)Math.Min(rows.Length - column, count);
            TFrom* source = row + column * rows.Stride;
            for (nint i = 0; i < length; i++, source += rows.Stride) block[i] = Convert<TFrom, T>(*source);
            block += length;
            count -= length;
        }
    }

    static void Put<T, TTo>(T* block, TTo* row, Rows rows, long column, nint count)
    {
        for (; count > 0; row += rows.RowStride, column = 0)
        {
            nint length = (nint)Math.Min(rows.Length - column, count);
            TTo* target = row + column * rows.Stride;
            for (nint i = 0; i < length; i++, target += rows.Stride) *target = Convert<T, TTo>(block[i]);
            block += length;
            count -= length;
        }
    }
}
