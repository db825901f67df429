using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>How the innermost loops of kernels become machine code.</summary>
internal static class Compiled
{
    /// <summary>
    /// <c>Compiled.AtOnce(stackalloc byte[1]);</c> first in a method with a loop: it is never run as quick, unoptimised code, which is a hundred
    /// times slower here, and it is part of an image that is compiled ahead.
    /// </summary>
    /// <remarks>
    /// The just-in-time compiler does not replace a running method that takes memory from the stack, so it optimises such a method with a loop the
    /// first time; optimised, these lines leave no instruction. <see cref="MethodImplOptions.AggressiveOptimization"/> would do the same for it, but keeps a
    /// method out of images (docs/decisions/009-start.md).
    /// </remarks>
    /// <param name="_">Memory that is not used.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AtOnce(Span<byte> _) { }
}
