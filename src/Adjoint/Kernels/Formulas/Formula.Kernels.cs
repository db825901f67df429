using System.Runtime.CompilerServices;
using Adjoint.Kernels.Formulas;

namespace Adjoint;

// The loops made from a formula.
public sealed partial class Formula
{
    KernelCache? _kernels;

    /// <summary>Whether loops are compiled at run time or interpreted block by block; the bits are the same.</summary>
    internal static bool IsCompiled { get; set; } = RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>The loop for a compute type, where the inputs in the bit set <paramref name="scalars"/> are one element each.</summary>
    internal Kernel Kernel(DType compute, uint scalars) => (_kernels ??= KernelCache.For(this)).Get(this, compute, scalars);
}
