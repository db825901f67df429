namespace Adjoint.Kernels.Reduction;

/// <summary>Moves elements between [outer, size, inner] and [outer, inner] by one index for each of the latter. Works on bits, for every type.</summary>
internal static unsafe class Along
{
    /// <summary>picked[o, i] = x[o, index[o, i], i].</summary>
    public static void Pick<T>(T* x, long* index, T* picked, long outer, long size, long inner)
    {
        for (long o = 0; o < outer; o++)
            for (long i = 0; i < inner; i++) picked[(o * inner) + i] = x[(((o * size) + index[(o * inner) + i]) * inner) + i];
    }

    /// <summary>x[o, index[o, i], i] = picked[o, i]; everything else is left as it is.</summary>
    public static void Place<T>(T* picked, long* index, T* x, long outer, long size, long inner)
    {
        for (long o = 0; o < outer; o++)
            for (long i = 0; i < inner; i++) x[(((o * size) + index[(o * inner) + i]) * inner) + i] = picked[(o * inner) + i];
    }
}
