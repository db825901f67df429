using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>Some rows of the batch, backward through all of time.</summary>
internal readonly unsafe struct BackwardChunks<V, TCell, T>(TCell cell, Steps steps, StepWeights<V, T> weights, T* dy, T* state, T* totals, long rowsPerChunk) : IChunks
    where V : struct, ILanes<V, T>
    where TCell : struct, IBackwardCell<T>
{
    public void Run(long chunk)
    {
        long first = chunk * rowsPerChunk, rows = Math.Min(rowsPerChunk, steps.Batch - first), hidden = steps.Hidden, bytes = hidden * sizeof(T);
        long rounded = StepWeights<V, T>.RoundedRows(rows), stateRow = (weights.Groups * weights.Width) + V.Count, sumsRow = StepWeights<V, T>.RowLength(TCell.Gates * hidden);
        using Scratch scratch = Scratch.Take(rounded * (stateRow + sumsRow) * sizeof(T));
        T* slope = (T*)scratch.Pointer, sums = slope + (rounded * stateRow), total = totals + (chunk * TCell.Totals * hidden);
        new Span<T>(slope, checked((int)(rounded * (stateRow + sumsRow)))).Clear();
        new Span<T>(total, checked((int)(TCell.Totals * hidden))).Clear();
        for (long r = 0; r < rows; r++) Buffer.MemoryCopy(state + ((first + r) * hidden), slope + (r * stateRow), bytes, bytes);

        for (long n = steps.Count - 1; n >= 0; n--)
        {
            var step = new CellStep<T>
            {
                Time = steps.Time(n), Before = steps.Before(n), Row = first, Rows = rows, Sums = sums, SumsRow = sumsRow, SumsGate = hidden,
                State = slope, StateRow = stateRow, Slope = dy + (((steps.Time(n) * steps.Batch) + first) * hidden), Totals = total,
            };
            for (; step.Unit <= hidden - V.Count; Advance(ref step, V.Count)) cell.Backward<V>(step);
            for (; step.Unit < hidden; Advance(ref step, 1)) cell.Backward<Lane<T>>(step);
            for (long group = 0; group < weights.Groups; group++)
                weights.Multiply(group, rounded, sums, sumsRow, slope + (group * weights.Width), stateRow, TCell.PassesState);
        }

        for (long r = 0; r < rows; r++) Buffer.MemoryCopy(slope + (r * stateRow), state + ((first + r) * hidden), bytes, bytes);
    }

    static void Advance(ref CellStep<T> step, int units)
    {
        step.Unit += units;
        step.Sums += units;
        step.State += units;
        step.Slope += units;
        step.Totals += units;
    }
}
