namespace Adjoint.Data;

/// <summary>What the values of a data set must be.</summary>
internal static class Checks
{
    public static void Finite(Tensor tensor, string what)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("check");
        Tensor values = tensor.Contiguous();
        long at = values.DType switch
        {
            DType.F64 => First<double>(values, double.IsFinite),
            DType.F32 => First<float>(values, float.IsFinite),
            DType.F16 => First<Half>(values, Half.IsFinite),
            DType.BF16 => First<BFloat16>(values, v => float.IsFinite(v)),
            _ => -1,
        };
        if (at < 0) return;
        long columns = tensor.Shape.Without(0).Elements;
        throw new DataException($"data set: numbers must be finite, but row {at / columns}, column {at % columns} of the {what} is not. Hint: rows and columns count from 0, and columns go through all axes but the first.");
    }

    /// <summary>The labels as I64.</summary>
    public static long[] Labels(Tensor labels) => labels.DType switch
    {
        DType.I64 => labels.ToArray<long>(),
        DType.I32 => Array.ConvertAll(labels.ToArray<int>(), l => (long)l),
        DType.U8 => Array.ConvertAll(labels.ToArray<byte>(), l => (long)l),
        _ => throw new DTypeException($"data set: labels must be I64, I32 or U8, but they are {labels.DType}."),
    };

    public static void Below(ReadOnlySpan<long> labels, long classes)
    {
        if (classes < 1) throw new ArgumentOutOfRangeException(nameof(classes), $"data set: there must be at least one class, but classes is {classes}.");
        for (int i = 0; i < labels.Length; i++)
            if ((ulong)labels[i] >= (ulong)classes) throw new DataException($"data set: labels must be from 0 to {classes - 1}, but that of row {i} is {labels[i]}.");
    }

    static unsafe long First<T>(Tensor values, Predicate<T> finite)
    {
        T* data = (T*)values.Data;
        for (long i = 0; i < values.Elements; i++) if (!finite(data[i])) return i;
        GC.KeepAlive(values);
        return -1;
    }
}
