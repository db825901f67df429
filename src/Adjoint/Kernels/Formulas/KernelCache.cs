using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>The loops made so far for one formula: one for each compute type and set of one-element inputs.</summary>
internal sealed class KernelCache
{
    /// <summary>A program that keeps making new formulas must not fill memory: when full, the table starts over.</summary>
    const int Remembered = 4096;

    static readonly ConcurrentDictionary<Formula, KernelCache> Shared = new();

    readonly Lock _gate = new();
    volatile Entry[] _entries = [];

    sealed record Entry(DType Compute, uint Scalars, bool Compiled, Kernel Kernel);

    public static KernelCache For(Formula formula)
    {
        if (Shared.Count > Remembered) Shared.Clear();
        return Shared.GetOrAdd(formula, static _ => new KernelCache());
    }

    public Kernel Get(Formula formula, DType compute, uint scalars)
    {
        bool compiled = Formula.IsCompiled;
        foreach (Entry e in _entries)
            if (e.Scalars == scalars && e.Compute == compute && e.Compiled == compiled) return e.Kernel;
        lock (_gate)
        {
            foreach (Entry e in _entries)
                if (e.Scalars == scalars && e.Compute == compute && e.Compiled == compiled) return e.Kernel;
            Kernel made = Make(formula, compute, scalars, compiled);
            _entries = [.. _entries, new(compute, scalars, compiled, made)];
            return made;
        }
    }

    /// <summary>A new loop, compiled where that is possible if <paramref name="compiled"/>, else interpreted.</summary>
    public static Kernel Make(Formula formula, DType compute, uint scalars, bool compiled) => compute switch
    {
        DType.F32 => Floating<float>(formula, compute, scalars, compiled),
        DType.F64 => Floating<double>(formula, compute, scalars, compiled),
        DType.I64 => Integer(formula, scalars, compiled),
        _ => throw new DTypeException($"formula: values are computed as F64, F32 or I64, but {compute} was asked for."),
    };

    static Kernel Floating<T>(Formula formula, DType compute, uint scalars, bool compiled) =>
        Vector512.IsHardwareAccelerated ? Make<Wide512<T>, T>(formula, compute, scalars, compiled)
        : Vector256.IsHardwareAccelerated ? Make<Wide256<T>, T>(formula, compute, scalars, compiled)
        : Vector128.IsHardwareAccelerated ? Make<Wide128<T>, T>(formula, compute, scalars, compiled)
        : Make<Lane<T>, T>(formula, compute, scalars, compiled);

    /// <summary>One value at a time is a floating-point thing; two at a time works for integers everywhere.</summary>
    static Kernel Integer(Formula formula, uint scalars, bool compiled) =>
        Vector512.IsHardwareAccelerated ? Make<Wide512<long>, long>(formula, DType.I64, scalars, compiled)
        : Vector256.IsHardwareAccelerated ? Make<Wide256<long>, long>(formula, DType.I64, scalars, compiled)
        : Make<Wide128<long>, long>(formula, DType.I64, scalars, compiled);

    static unsafe Kernel Make<V, T>(Formula formula, DType compute, uint scalars, bool compiled) where V : struct, ILanes<V, T>
    {
        Term[] roots = Lowering.For(compute, formula.Roots);
        ElementwiseKernel? body = null;
        // Alone in its condition: only this form tells NativeAOT that the compiler is never called there.
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            if (compiled) body = KernelCompiler.Compile<V, T>(roots, formula.Inputs, scalars);
        }

        return new(body ?? new BlockInterpreter<V, T>(roots, formula.Inputs, scalars).Run, V.Count, sizeof(T), formula.Inputs, formula.Outputs, scalars);
    }
}
