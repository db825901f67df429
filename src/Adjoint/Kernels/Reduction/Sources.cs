using System.Numerics.Tensors;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>Where a kernel's numbers come from: memory of a storage type, seen as the type that is computed with.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ISource<T>
{
    /// <summary>Whether memory holds <typeparamref name="T"/> itself, so that nothing needs to be converted.</summary>
    static abstract bool IsDirect { get; }

    /// <summary>A pointer to <paramref name="count"/> numbers: into memory where possible, else <paramref name="buffer"/>, filled.</summary>
    static abstract T* Read(void* memory, long offset, int count, T* buffer);
}

internal readonly unsafe struct Same<T> : ISource<T>
{
    public static bool IsDirect => true;

    public static T* Read(void* memory, long offset, int count, T* buffer) => (T*)memory + offset;
}

internal readonly unsafe struct FromHalf : ISource<float>
{
    public static bool IsDirect => false;

    public static float* Read(void* memory, long offset, int count, float* buffer)
    {
        TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)memory + offset, count), new Span<float>(buffer, count));
        return buffer;
    }
}

internal readonly unsafe struct FromBFloat16 : ISource<float>
{
    public static bool IsDirect => false;

    public static float* Read(void* memory, long offset, int count, float* buffer)
    {
        BFloat16* from = (BFloat16*)memory + offset;
        for (int i = (int)BFloat16Lanes.Widen((ushort*)from, buffer, count); i < count; i++) buffer[i] = from[i];
        return buffer;
    }
}
