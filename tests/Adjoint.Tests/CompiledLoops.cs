using System.Runtime.CompilerServices;
using Adjoint.Kernels.Formulas;

namespace Adjoint.Tests;

/// <summary>Tests work on small tensors, whose loops a program would never compile: here they are compiled at once, as those of long runs are.</summary>
internal static class CompiledLoops
{
    [ModuleInitializer]
    internal static void CompileAtOnce() => KernelCache.Patience = 0;
}
