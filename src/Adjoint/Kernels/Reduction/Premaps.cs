using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>What is done to each element before it is folded.</summary>
internal interface IPremap
{
    static abstract V Of<V, T>(V x) where V : struct, ILanes<V, T>;
}

internal readonly struct AsIs : IPremap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x) where V : struct, ILanes<V, T> => x;
}

internal readonly struct Squared : IPremap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x) where V : struct, ILanes<V, T> => x * x;
}

internal readonly struct Magnitude : IPremap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x) where V : struct, ILanes<V, T> => V.Abs(x);
}
