using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Copies a strip of an operand into the order in which the micro-kernel reads it.</summary>
internal static unsafe class Packing
{
    /// <summary><c>target[p·width + i] = source[i·across + p·along]</c> for i &lt; count, and 0 for count ≤ i &lt; width.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Strip<TIn, T>(TIn* source, long across, long along, int count, int width, long steps, T* target)
    {
        if (count < width) new Span<T>(target, (int)(width * steps)).Clear();
        bool vectors = Vector128.IsHardwareAccelerated && count >= Vector128<T>.Count;
        if (vectors && across == 1) Copy(source, along, count, width, steps, target);
        else if (vectors && along == 1 && CanTranspose) Transpose(source, across, count, width, steps, target);
        else Scatter(source, across, along, count, width, 0, steps, target);
    }

    /// <summary>Whether <see cref="Turn"/> works on this processor.</summary>
    public static bool CanTranspose => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    static void Scatter<TIn, T>(TIn* source, long across, long along, int count, int width, long start, long steps, T* target)
    {
        for (long p = start; p < steps; p++)
            for (int i = 0; i < count; i++)
                target[p * width + i] = Widening.One<TIn, T>(source[i * across + p * along]);
    }

    /// <summary>Neighbours stay neighbours. Where <paramref name="count"/> is no multiple of a vector, the last one overlaps the one before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Copy<TIn, T>(TIn* source, long along, int count, int width, long steps, T* target)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        int n = Vector128<T>.Count, last = count - n;
        for (long p = 0; p < steps; p++)
        {
            int i = 0;
            if (typeof(TIn) == typeof(BFloat16)) i = (int)BFloat16Lanes.Widen((ushort*)source, (float*)target, count);
            for (; i < last; i += n) *(Vector128<T>*)(target + i) = Widening.Load<TIn, T>(source + i);
            if (i < count) *(Vector128<T>*)(target + last) = Widening.Load<TIn, T>(source + last);
            Expect(source + width);
            Expect(source + width + width / 2);
            source += along;
            target += width;
        }
    }

    /// <summary>The source runs along the steps: square blocks are turned in registers.</summary>
    /// <remarks>A cache line's worth of steps is taken from a few rows before the next rows, because rows a power of two apart compete for one cache set.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Transpose<TIn, T>(TIn* source, long across, int count, int width, long steps, T* target)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        int n = Vector128<T>.Count, last = count - n;
        long line = 64 / sizeof(TIn), p = 0;
        for (; p + n <= steps; p += line)
        {
            long end = Math.Min(p + line, steps) - n;
            for (int i = 0; i < count; i += n)
            {
                int row = Math.Min(i, last);
                TIn* from = source + row * across;
                for (int r = 0; r < n; r++) Expect(from + (width + r) * across + p);
                T* to = target + row;
                long q = p;
                if (typeof(TIn) == typeof(BFloat16))
                    for (; q <= end - n; q += 2 * n) TurnEight((ushort*)from + q, across, (float*)to + (q * width), width);
                for (; q <= end; q += n) Turn(from + q, across, to + q * width, width);
            }
        }
        Scatter(source, across, 1, count, width, steps / n * n, steps, target);
    }

    /// <summary>The next strip is asked for while this one is copied: its rows are too short a run each for the hardware to foresee.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Expect(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch1(address);
    }

    /// <summary>Two rounds of interleaving transpose 4×4 floats, one round 2×2 doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn<TIn, T>(TIn* source, long across, T* target, long width)
    {
        Vector128<T> r0 = Widening.Load<TIn, T>(source), r1 = Widening.Load<TIn, T>(source + across);
        if (sizeof(T) == 8)
        {
            *(Vector128<T>*)target = Low(r0, r1);
            *(Vector128<T>*)(target + width) = High(r0, r1);
            return;
        }
        Vector128<T> r2 = Widening.Load<TIn, T>(source + 2 * across), r3 = Widening.Load<TIn, T>(source + 3 * across);
        Vector128<T> even = Low(r0, r2), odd = Low(r1, r3);
        *(Vector128<T>*)target = Low(even, odd);
        *(Vector128<T>*)(target + width) = High(even, odd);
        even = High(r0, r2);
        odd = High(r1, r3);
        *(Vector128<T>*)(target + 2 * width) = Low(even, odd);
        *(Vector128<T>*)(target + 3 * width) = High(even, odd);
    }

    /// <summary>Eight steps of four BF16 rows: neighbouring steps are turned as one element, whose upper half, and whose lower half moved up, are floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TurnEight(ushort* source, long across, float* target, long width)
    {
        Vector128<float> r0 = *(Vector128<float>*)source, r1 = *(Vector128<float>*)(source + across), r2 = *(Vector128<float>*)(source + (2 * across)), r3 = *(Vector128<float>*)(source + (3 * across));
        Vector128<float> even = Low(r0, r2), odd = Low(r1, r3);
        PutTwo(Low(even, odd), target, width);
        PutTwo(High(even, odd), target + (2 * width), width);
        even = High(r0, r2);
        odd = High(r1, r3);
        PutTwo(Low(even, odd), target + (4 * width), width);
        PutTwo(High(even, odd), target + (6 * width), width);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void PutTwo(Vector128<float> two, float* target, long width)
        {
            *(Vector128<uint>*)target = two.AsUInt32() << 16;
            *(Vector128<uint>*)(target + width) = two.AsUInt32() & Vector128.Create(0xFFFF0000u);
        }
    }

    /// <summary>a₀ b₀ a₁ b₁ (or a₀ b₀ for doubles).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Low<T>(Vector128<T> a, Vector128<T> b)
    {
        if (Sse2.IsSupported)
            return sizeof(T) == 4 ? Sse.UnpackLow(a.AsSingle(), b.AsSingle()).As<float, T>() : Sse2.UnpackLow(a.AsDouble(), b.AsDouble()).As<double, T>();
        return sizeof(T) == 4 ? AdvSimd.Arm64.ZipLow(a.AsSingle(), b.AsSingle()).As<float, T>() : AdvSimd.Arm64.ZipLow(a.AsDouble(), b.AsDouble()).As<double, T>();
    }

    /// <summary>a₂ b₂ a₃ b₃ (or a₁ b₁ for doubles).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> High<T>(Vector128<T> a, Vector128<T> b)
    {
        if (Sse2.IsSupported)
            return sizeof(T) == 4 ? Sse.UnpackHigh(a.AsSingle(), b.AsSingle()).As<float, T>() : Sse2.UnpackHigh(a.AsDouble(), b.AsDouble()).As<double, T>();
        return sizeof(T) == 4 ? AdvSimd.Arm64.ZipHigh(a.AsSingle(), b.AsSingle()).As<float, T>() : AdvSimd.Arm64.ZipHigh(a.AsDouble(), b.AsDouble()).As<double, T>();
    }
}
