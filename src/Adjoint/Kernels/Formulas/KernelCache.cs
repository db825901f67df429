using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>The loops made so far for one formula: one for each compute type, set of one-element inputs and way of writing.</summary>
internal sealed class KernelCache
{
    /// <summary>A program that keeps making new formulas must not fill memory: when full, the table starts over.</summary>
    const int Remembered = 4096;

    static readonly ConcurrentDictionary<Formula, KernelCache> Shared = new();
    static int SharedCount;     // the dictionary's own count takes all its locks

    /// <summary>
    /// How many elements a loop interprets before it is compiled. To compile takes as long as some millions of elements lose by being
    /// interpreted, so most loops of a short program, and those of its first step, never need a compiler.
    /// </summary>
    internal static long Patience = 1 << 21;

    /// <summary>What a call costs the interpreter beside its elements, in elements.</summary>
    const long Call = 2048;

    readonly Lock _gate = new();
    volatile Entry[] _entries = [];

    /// <summary>One loop, in the two ways it can run; both give the same bits, so that it does not matter when one takes the other's place.</summary>
    sealed class Entry(DType compute, uint scalars, bool past)
    {
        public DType Compute => compute;

        public uint Scalars => scalars;

        public bool Past => past;

        public volatile Kernel? Interpreted, Compiled;

        /// <summary>The elements interpreted so far. Two threads at once may lose a few: nothing depends on the exact number.</summary>
        public long Work;
    }

    public static KernelCache For(Formula formula)
    {
        if (Shared.TryGetValue(formula, out KernelCache? known)) return known;
        if (Interlocked.Increment(ref SharedCount) > Remembered)
        {
            Shared.Clear();
            SharedCount = 1;
        }

        return Shared.GetOrAdd(formula, static _ => new KernelCache());
    }

    /// <summary>The loop for <paramref name="count"/> elements that are about to be computed.</summary>
    public Kernel Get(Formula formula, DType compute, uint scalars, long count, bool past = false)
    {
        Entry entry = Find(compute, scalars, past) ?? Add(compute, scalars, past);
        if (entry.Compiled is { } compiled && !Formula.Interpreted) return compiled;
        bool compile = Formula.IsCompiled && (entry.Work += count + Call) > Patience;
        if (!compile && entry.Interpreted is { } interpreted) return interpreted;
        lock (_gate)
        {
            return compile ? entry.Compiled ??= Make(formula, compute, scalars, past, compiled: true) : entry.Interpreted ??= Make(formula, compute, scalars, past, compiled: false);
        }
    }

    Entry? Find(DType compute, uint scalars, bool past)
    {
        foreach (Entry entry in _entries)
            if (entry.Scalars == scalars && entry.Compute == compute && entry.Past == past) return entry;
        return null;
    }

    Entry Add(DType compute, uint scalars, bool past)
    {
        lock (_gate)
        {
            if (Find(compute, scalars, past) is { } other) return other;
            var entry = new Entry(compute, scalars, past);
            _entries = [.. _entries, entry];
            return entry;
        }
    }

    /// <summary>A new loop, compiled where that is possible if <paramref name="compiled"/>, else interpreted.</summary>
    public static Kernel Make(Formula formula, DType compute, uint scalars, bool past, bool compiled) => compute switch
    {
        DType.F32 => Floating<float>(formula, compute, scalars, past, compiled),
        DType.F64 => Floating<double>(formula, compute, scalars, past, compiled),
        DType.I64 => Integer(formula, scalars, past, compiled),
        _ => throw new DTypeException($"formula: values are computed as F64, F32 or I64, but {compute} was asked for."),
    };

    static Kernel Floating<T>(Formula formula, DType compute, uint scalars, bool past, bool compiled) =>
        Vector512.IsHardwareAccelerated ? Make<Wide512<T>, T>(formula, compute, scalars, past, compiled)
        : Vector256.IsHardwareAccelerated ? Make<Wide256<T>, T>(formula, compute, scalars, past, compiled)
        : Vector128.IsHardwareAccelerated ? Make<Wide128<T>, T>(formula, compute, scalars, past, compiled)
        : Make<Lane<T>, T>(formula, compute, scalars, past, compiled);

    /// <summary>One value at a time is a floating-point thing; two at a time works for integers everywhere.</summary>
    static Kernel Integer(Formula formula, uint scalars, bool past, bool compiled) =>
        Vector512.IsHardwareAccelerated ? Make<Wide512<long>, long>(formula, DType.I64, scalars, past, compiled)
        : Vector256.IsHardwareAccelerated ? Make<Wide256<long>, long>(formula, DType.I64, scalars, past, compiled)
        : Make<Wide128<long>, long>(formula, DType.I64, scalars, past, compiled);

    static unsafe Kernel Make<V, T>(Formula formula, DType compute, uint scalars, bool past, bool compiled) where V : struct, ILanes<V, T>
    {
        Term[] roots = Lowering.For(compute, formula.Roots);
        ElementwiseKernel? body = null;
        // Alone in its condition: only this form tells NativeAOT that the compiler is never called there.
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            if (compiled) body = KernelCompiler.Compile<V, T>(roots, formula.Inputs, scalars, past);
        }

        return new(body ?? new BlockInterpreter<T>(roots, formula.Inputs, scalars).Run, V.Count, sizeof(T), formula.Inputs, formula.Outputs, scalars, formula.IsIdentity && scalars == 0);
    }
}
