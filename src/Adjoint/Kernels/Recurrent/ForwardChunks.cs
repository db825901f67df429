using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>Some rows of the batch, forward through all of time.</summary>
internal readonly unsafe struct ForwardChunks<V, TCell, T>(TCell cell, Steps steps, StepWeights<V, T> weights, T* initial, T* y, long rowsPerChunk) : IChunks
    where V : struct, ILanes<V, T>
    where TCell : struct, IForwardCell<T>
{
    public void Run(long chunk)
    {
        long first = chunk * rowsPerChunk, rows = Math.Min(rowsPerChunk, steps.Batch - first), hidden = steps.Hidden;
        // Whole micro-kernels: rows that do not exist are zeros.
        long rounded = StepWeights<V, T>.RoundedRows(rows), stateRow = StepWeights<V, T>.RowLength(hidden), bytes = hidden * sizeof(T);
        using Scratch scratch = Scratch.Take(((2 * stateRow) + weights.Width) * rounded * sizeof(T));
        T* state = (T*)scratch.Pointer, next = state + (rounded * stateRow), sums = next + (rounded * stateRow);
        new Span<T>(state, checked((int)(2 * rounded * stateRow))).Clear();
        for (long r = 0; r < rows; r++) Buffer.MemoryCopy(initial + ((first + r) * hidden), state + (r * stateRow), bytes, bytes);

        for (long n = 0; n < steps.Count; n++)
        {
            var step = new CellStep<T> { Time = steps.Time(n), Before = steps.Before(n), Row = first, Rows = rows, SumsRow = weights.Width, SumsGate = V.Count, StateRow = stateRow };
            for (long group = 0; group < weights.Groups; group++)
            {
                weights.Multiply(group, rounded, state, stateRow, sums, weights.Width, accumulate: false);
                long unit = group * V.Count, end = Math.Min(unit + V.Count, hidden);
                step.Unit = unit;
                step.Sums = sums;
                step.State = state + unit;
                step.Next = next + unit;
                if (end - unit == V.Count)
                {
                    cell.Forward<V>(step);
                    continue;
                }

                for (; step.Unit < end; step.Unit++, step.Sums++, step.State++, step.Next++) cell.Forward<Lane<T>>(step);
            }

            T* shown = y + (((step.Time * steps.Batch) + first) * hidden);
            for (long r = 0; r < rows; r++) Buffer.MemoryCopy(next + (r * stateRow), shown + (r * hidden), bytes, bytes);
            T* spare = state;
            state = next;
            next = spare;
        }
    }
}
