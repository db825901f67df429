using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels.Lanes;

/// <summary>Work written over lanes of any width.</summary>
internal interface ILaneWork<T>
{
    void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T>;
}

/// <summary>Chooses the width of this processor's vectors, and whether threads are worth waking.</summary>
internal static class Widths
{
    /// <summary>Loops of fewer multiply-adds than this stay on one thread.</summary>
    public const double ThreadWork = 1 << 18;

    public static void Run<TWork, T>(in TWork work)
        where TWork : struct, ILaneWork<T>
    {
        if (Vector512.IsHardwareAccelerated) Run512<TWork, T>(work);
        else if (Vector256.IsHardwareAccelerated) Run256<TWork, T>(work);
        else if (Vector128.IsHardwareAccelerated) Run128<TWork, T>(work);
        else work.Run<Lane<T>>();
    }

    public static void Loop<TBody>(long chunks, TBody body, double work) where TBody : struct, IChunks
    {
        if (work >= ThreadWork) Parallel.For(chunks, body);
        else for (long i = 0; i < chunks; i++) body.Run(i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Run512<TWork, T>(in TWork work) where TWork : struct, ILaneWork<T> => work.Run<Wide512<T>>();

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Run256<TWork, T>(in TWork work) where TWork : struct, ILaneWork<T> => work.Run<Wide256<T>>();

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Run128<TWork, T>(in TWork work) where TWork : struct, ILaneWork<T> => work.Run<Wide128<T>>();
}
