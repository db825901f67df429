using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>The weights of the state, put once into the order in which every time step's product reads them.</summary>
/// <remarks>Groups of columns, each [steps, width], filled up with zeros: what a group needs follows each other in memory.</remarks>
internal readonly unsafe struct StepWeights<V, T>(T* data, long steps, long width, long groups)
    where V : struct, ILanes<V, T>
{
    /// <summary>A part of a group's columns that stays in the first-level cache while all rows are multiplied with it.</summary>
    const long MostSteps = 256;

    readonly T* _data = data;

    public long Groups { get; } = groups;

    public long Width { get; } = width;

    /// <summary>The number of rows must be one that a micro-kernel makes.</summary>
    public static int RowUnit => Blocking<V, T>.Rows / 3;

    public static long RoundedRows(long rows) => (rows + RowUnit - 1) / RowUnit * RowUnit;

    /// <summary>Rows of H elements far enough apart for the first-level cache: not a whole number of pages.</summary>
    public static long RowLength(long elements) => ((elements + V.Count - 1) / V.Count * V.Count) + V.Count;

    /// <summary>Forward, for <c>h·Wᵀ</c>: a group holds the columns of all gates of <c>V.Count</c> hidden units.</summary>
    public static StepWeights<V, T> OfUnits(T* weight, int gates, long hidden, T* space)
    {
        long groups = (hidden + V.Count - 1) / V.Count, width = gates * V.Count;
        Parallel.For(groups, new Turn(weight, gates, hidden, space));
        return new(space, hidden, width, groups);
    }

    /// <summary>Backward, for <c>d·W</c>: a group is as wide as a micro-kernel.</summary>
    public static StepWeights<V, T> OfColumns(T* weight, int gates, long hidden, T* space)
    {
        long width = 2 * V.Count, groups = (hidden + width - 1) / width;
        Parallel.For(groups, new Strips(weight, gates, hidden, space));
        return new(space, gates * hidden, width, groups);
    }

    /// <summary>How many elements either needs at most.</summary>
    public static long Space(int gates, long hidden) => gates * hidden * ((hidden + (2 * V.Count) - 1) / (2 * V.Count) * 2 * V.Count);

    /// <summary>C = A·(one group) or C += A·(one group).</summary>
    public void Multiply(long group, long rows, T* a, long aRow, T* c, long cRow, bool accumulate)
    {
        T* b = _data + (group * steps * Width);
        for (long k = 0; k < steps; k += MostSteps)
        {
            long count = Math.Min(MostSteps, steps - k);
            for (long column = 0; column < Width; column += 2 * V.Count)
            {
                var right = new Matrix<T>(b + (k * Width) + column, Width, 1);
                for (long row = 0; row < rows; row += Blocking<V, T>.Rows)
                    Tile.Multiply<V, T>((int)Math.Min(Blocking<V, T>.Rows, rows - row), (int)(Width - column), count, new(a + (row * aRow) + k, aRow, 1), right, c + (row * cRow) + column, cRow, accumulate || k > 0);
            }
        }
    }

    readonly struct Turn(T* weight, int gates, long hidden, T* space) : IChunks
    {
        public void Run(long chunk)
        {
            long width = gates * V.Count, first = chunk * V.Count, units = Math.Min(V.Count, hidden - first);
            T* target = space + (chunk * hidden * width);
            if (units < V.Count) new Span<T>(target, checked((int)(hidden * width))).Clear();
            for (long gate = 0; gate < gates; gate++)
            {
                for (long unit = 0; unit < units; unit++)
                {
                    T* from = weight + (((gate * hidden) + first + unit) * hidden), to = target + (gate * V.Count) + unit;
                    for (long k = 0; k < hidden; k++) to[k * width] = from[k];
                }
            }
        }
    }

    readonly struct Strips(T* weight, int gates, long hidden, T* space) : IChunks
    {
        public void Run(long chunk)
        {
            int width = 2 * V.Count;
            long first = chunk * width;
            Packing.Strip(weight + first, 1, hidden, (int)Math.Min(width, hidden - first), width, gates * hidden, space + (chunk * gates * hidden * width));
        }
    }
}
