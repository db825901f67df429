using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Kernels.Formulas;

namespace Adjoint;

// The loops made from a formula.
public sealed partial class Formula
{
    KernelCache? _kernels;

    /// <summary>Makes this thread interpret although it could compile: how the tests reach the road that ahead-of-time compiled programs take.</summary>
    [ThreadStatic]
    internal static bool Interpreted;

    /// <summary>Whether loops that have much to do are compiled at run time; else they stay interpreted block by block. The bits are the same.</summary>
    internal static bool IsCompiled => RuntimeFeature.IsDynamicCodeSupported && !Interpreted;

    /// <summary>The loop over <paramref name="count"/> elements of a compute type, where the inputs in the bit set <paramref name="scalars"/> are one element each; see <see cref="PastCaches"/> for the rest.</summary>
    internal Kernel Kernel(DType compute, uint scalars, long count, bool past = false) => (_kernels ??= KernelCache.For(this)).Get(this, compute, scalars, count, past);
}
