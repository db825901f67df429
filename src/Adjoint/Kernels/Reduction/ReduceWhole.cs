using System.Numerics;

namespace Adjoint.Kernels.Reduction;

/// <summary>Reductions of integers and truth values, exact in 64 bits, and counts of what is not zero.</summary>
internal static unsafe class ReduceWhole
{
    /// <summary>Folds integers; y is I64, or of x's own type.</summary>
    public static void Run<TFold>(in Operand x, in Operand y) where TFold : struct, IFold
    {
        switch (x.DType)
        {
            case DType.I64: Fold<TFold, Integers<long>>(x, y); break;
            case DType.I32: Fold<TFold, Integers<int>>(x, y); break;
            default: Fold<TFold, Integers<byte>>(x, y); break;
        }
    }

    /// <summary>The number of elements that are not zero, in I64. NaN is not zero.</summary>
    public static void Count(in Operand x, in Operand y) => Truths<Adding>(x, y);

    /// <summary>Whether some element is not zero, in Bool.</summary>
    public static void Any(in Operand x, in Operand y) => Truths<AnyOf>(x, y);

    /// <summary>Whether no element is zero, in Bool.</summary>
    public static void All(in Operand x, in Operand y) => Truths<Multiplying>(x, y);

    static void Truths<TFold>(in Operand x, in Operand y) where TFold : struct, IFold
    {
        switch (x.DType)
        {
            case DType.F64: Fold<TFold, NonZero<double>>(x, y); break;
            case DType.F32: Fold<TFold, NonZero<float>>(x, y); break;
            case DType.F16: Fold<TFold, NonZero<Half>>(x, y); break;
            case DType.BF16: Fold<TFold, NonZeroBFloat16>(x, y); break;
            case DType.I64: Fold<TFold, NonZero<long>>(x, y); break;
            case DType.I32: Fold<TFold, NonZero<int>>(x, y); break;
            default: Fold<TFold, NonZero<byte>>(x, y); break;
        }
    }

    interface IRead
    {
        static abstract long Read(void* memory, long offset);
    }

    readonly struct Integers<T> : IRead where T : unmanaged, INumber<T>
    {
        public static long Read(void* memory, long offset) => long.CreateTruncating(((T*)memory)[offset]);
    }

    readonly struct NonZero<T> : IRead where T : unmanaged, INumber<T>
    {
        public static long Read(void* memory, long offset) => T.IsZero(((T*)memory)[offset]) ? 0 : 1;
    }

    readonly struct NonZeroBFloat16 : IRead
    {
        public static long Read(void* memory, long offset) => ((BFloat16*)memory)[offset] == 0 ? 0 : 1;
    }

    readonly struct AnyOf : IFold
    {
        public static double Identity => 0;
        public static long WholeIdentity => 0;
        public static V Combine<V, T>(V a, V b) where V : struct, Lanes.ILanes<V, T> => V.Max(a, b);
        public static long Combine(long a, long b) => a | b;
    }

    static void Fold<TFold, TRead>(in Operand x, in Operand y)
        where TFold : struct, IFold
        where TRead : struct, IRead
    {
        var kept = default(Loop);
        Loop loop = Loop.Of(x, y);
        for (int i = loop.Rank - 1; i >= 0; i--)
        {
            if (loop.Reduced[i]) continue;
            kept.Append(loop, i);
            loop.Remove(i);
        }

        long results = kept.Elements, each = loop.Elements;
        if (results == 0) return;
        long perChunk = Math.Max(1, Parallel.ElementGrain / Math.Max(each, 1));
        Parallel.For((results + perChunk - 1) / perChunk, new Chunks<TFold, TRead>(kept, loop, x.Data, y.Data, y.DType, results, each, perChunk));
    }

    readonly struct Chunks<TFold, TRead>(Loop kept, Loop reduced, void* x, void* y, DType type, long results, long each, long perChunk) : IChunks
        where TFold : struct, IFold
        where TRead : struct, IRead
    {
        public void Run(long chunk)
        {
            Loop outer = kept, inner = reduced;
            long end = Math.Min((chunk + 1) * perChunk, results);
            for (long r = chunk * perChunk; r < end; r++)
            {
                long from = 0, to = 0, rest = r;
                for (int i = 0; i < outer.Rank; i++)
                {
                    from += rest % outer.Size[i] * outer.Stride[i];
                    to += rest % outer.Size[i] * outer.Target[i];
                    rest /= outer.Size[i];
                }

                Write(to, One(inner, from));
            }
        }

        long One(in Loop inner, long from)
        {
            long result = TFold.WholeIdentity;
            if (each == 0) return result;
            int last = inner.Rank - 1;
            long run = last < 0 ? 1 : inner.Size[last], step = last < 0 ? 0 : inner.Stride[last];
            for (long k = 0; k < each; k += run)
            {
                long at = from, rest = k / run;
                for (int i = last - 1; i >= 0; i--)
                {
                    at += rest % inner.Size[i] * inner.Stride[i];
                    rest /= inner.Size[i];
                }

                for (long i = 0; i < run; i++) result = TFold.Combine(result, TRead.Read(x, at + (i * step)));
            }

            return result;
        }

        void Write(long offset, long value)
        {
            switch (type)
            {
                case DType.I64: ((long*)y)[offset] = value; break;
                case DType.I32: ((int*)y)[offset] = (int)value; break;
                default: ((byte*)y)[offset] = (byte)value; break;
            }
        }
    }
}
