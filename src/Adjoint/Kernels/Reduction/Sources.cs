using System.Numerics.Tensors;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>Where a kernel's numbers come from: memory of a storage type, seen as the type that is computed with.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ISource<T>
{
    /// <summary>Whether lanes are loaded from memory itself; else it is converted into a buffer first.</summary>
    static abstract bool IsDirect { get; }

    /// <summary>The bytes of a number in memory.</summary>
    static abstract int Size { get; }

    /// <summary>Where the kernel reads <paramref name="count"/> numbers: in memory if it is direct, else in <paramref name="buffer"/>, now filled.</summary>
    static abstract void* Read(void* memory, long offset, int count, T* buffer);

    /// <summary>As many as fill a register, of what <see cref="Read"/> gave, from number <paramref name="i"/> on.</summary>
    static abstract V Load<V>(void* read, nint i) where V : struct, ILanes<V, T>;
}

internal readonly unsafe struct Same<T> : ISource<T>
{
    public static bool IsDirect => true;

    public static int Size => sizeof(T);

    public static void* Read(void* memory, long offset, int count, T* buffer) => (T*)memory + offset;

    public static V Load<V>(void* read, nint i) where V : struct, ILanes<V, T> => V.Load((T*)read + i);
}

internal readonly unsafe struct FromBFloat16 : ISource<float>
{
    public static bool IsDirect => true;

    public static int Size => sizeof(BFloat16);

    public static void* Read(void* memory, long offset, int count, float* buffer) => (BFloat16*)memory + offset;

    public static V Load<V>(void* read, nint i) where V : struct, ILanes<V, float> => V.LoadWidened((BFloat16*)read + i);
}

internal readonly unsafe struct FromHalf : ISource<float>
{
    public static bool IsDirect => false;

    public static int Size => sizeof(Half);

    public static void* Read(void* memory, long offset, int count, float* buffer)
    {
        TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)memory + offset, count), new Span<float>(buffer, count));
        return buffer;
    }

    public static V Load<V>(void* read, nint i) where V : struct, ILanes<V, float> => V.Load((float*)read + i);
}
