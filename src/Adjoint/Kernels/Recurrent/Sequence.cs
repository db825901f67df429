using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>A recurrent cell walked through time: in each step one product with the weights of the state, and the gates while its sums are in the cache.</summary>
/// <remarks>
/// The products with x are one for all steps and made before; those for the weights' gradients are made after. What is left in a step is the
/// product with the state, [B, H]·[H, gates·H], and backward its transpose. Both read weights that were put in order once.
/// </remarks>
internal static unsafe class Sequence
{
    /// <summary>From <paramref name="initial"/> [B, H] to <paramref name="y"/> [T, B, H].</summary>
    public static void Forward<TCell, T>(in TCell cell, Steps steps, T* weight, T* initial, T* y)
        where TCell : struct, IForwardCell<T>
    {
        if (Vector512.IsHardwareAccelerated) Forward<Wide512<T>, TCell, T>(cell, steps, weight, initial, y);
        else if (Vector256.IsHardwareAccelerated) Forward<Wide256<T>, TCell, T>(cell, steps, weight, initial, y);
        else if (Vector128.IsHardwareAccelerated) Forward<Wide128<T>, TCell, T>(cell, steps, weight, initial, y);
        else Forward<Lane<T>, TCell, T>(cell, steps, weight, initial, y);
    }

    /// <summary>From the gradients of y, [T, B, H], and of the last state to that of the initial state, both in <paramref name="state"/> [B, H]; totals are [Totals, H].</summary>
    public static void Backward<TCell, T>(in TCell cell, Steps steps, T* weight, T* dy, T* state, T* totals)
        where TCell : struct, IBackwardCell<T>
    {
        if (Vector512.IsHardwareAccelerated) Backward<Wide512<T>, TCell, T>(cell, steps, weight, dy, state, totals);
        else if (Vector256.IsHardwareAccelerated) Backward<Wide256<T>, TCell, T>(cell, steps, weight, dy, state, totals);
        else if (Vector128.IsHardwareAccelerated) Backward<Wide128<T>, TCell, T>(cell, steps, weight, dy, state, totals);
        else Backward<Lane<T>, TCell, T>(cell, steps, weight, dy, state, totals);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Forward<V, TCell, T>(in TCell cell, Steps steps, T* weight, T* initial, T* y)
        where V : struct, ILanes<V, T>
        where TCell : struct, IForwardCell<T>
    {
        using Scratch space = Scratch.Take(StepWeights<V, T>.Space(TCell.Gates, steps.Hidden) * sizeof(T));
        var weights = StepWeights<V, T>.OfUnits(weight, TCell.Gates, steps.Hidden, (T*)space.Pointer);
        long rows = steps.RowsPerChunk(StepWeights<V, T>.RowUnit);
        Parallel.For((steps.Batch + rows - 1) / rows, new ForwardChunks<V, TCell, T>(cell, steps, weights, initial, y, rows));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Backward<V, TCell, T>(in TCell cell, Steps steps, T* weight, T* dy, T* state, T* totals)
        where V : struct, ILanes<V, T>
        where TCell : struct, IBackwardCell<T>
    {
        long rows = steps.RowsPerChunk(StepWeights<V, T>.RowUnit), chunks = (steps.Batch + rows - 1) / rows, sums = TCell.Totals * steps.Hidden;
        using Scratch space = Scratch.Take(StepWeights<V, T>.Space(TCell.Gates, steps.Hidden) * sizeof(T));
        using Scratch partial = Scratch.Take(chunks * sums * sizeof(T));
        T* parts = (T*)partial.Pointer;
        var weights = StepWeights<V, T>.OfColumns(weight, TCell.Gates, steps.Hidden, (T*)space.Pointer);
        Parallel.For(chunks, new BackwardChunks<V, TCell, T>(cell, steps, weights, dy, state, parts, rows));
        new Span<T>(totals, checked((int)sums)).Clear();
        for (long chunk = 0; chunk < chunks; chunk++)
            for (long i = 0; i < sums; i++) totals[i] = (Lane<T>.Load(totals + i) + Lane<T>.Load(parts + (chunk * sums) + i)).Value;
    }
}
