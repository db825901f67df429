namespace Adjoint.Ops;

/// <summary>What reductions share: references that see one group of elements at a time, and samples over every kind of axes.</summary>
internal static class Groups
{
    /// <summary>One number for each group of elements that differ in the given axes only; the group is in row-major order.</summary>
    public static Plain Each(Plain x, Axes over, Func<double[], double> function)
    {
        Shape kept = over.Kept(x.Shape);
        var groups = new List<double>[kept.Elements];
        for (int i = 0; i < groups.Length; i++) groups[i] = [];
        foreach (long[] index in Plain.Indices(x.Shape)) groups[Position(kept, index)].Add(x[index]);
        return new(kept, [.. groups.Select(g => function([.. g]))]);
    }

    /// <summary>As many numbers for each group as it has elements, put back in their places.</summary>
    public static Plain Along(Plain x, Axes over, Func<double[], double[]> function)
    {
        Shape kept = over.Kept(x.Shape);
        var places = new List<long>[kept.Elements];
        for (int i = 0; i < places.Length; i++) places[i] = [];
        long at = 0;
        foreach (long[] index in Plain.Indices(x.Shape)) places[Position(kept, index)].Add(at++);
        Plain y = Plain.Zeros(x.Shape);
        foreach (List<long> group in places)
        {
            double[] values = function([.. group.Select(p => x.Values[p])]);
            for (int i = 0; i < values.Length; i++) y.Values[group[i]] = values[i];
        }

        return y;
    }

    /// <summary>All axes, the first, a middle one, the last, several; odd sizes, size 1, no axes at all, and (where that has a meaning) size 0.</summary>
    public static IEnumerable<Sample> Samples(Generator random, Func<Axes, Op> make, bool empty = false, Func<Shape, Tensor>? draw = null)
    {
        draw ??= shape => random.Normal(shape, dtype: DType.F64);
        int[][] choices = [[], [0], [1], [-1], [0, 2], [1, 2]];
        foreach (int[] dims in choices) yield return Over([3, 5, 19], dims);
        yield return Over([37], []);
        yield return Over([1, 4], [0]);
        yield return Over([], []);
        if (empty) yield return Over([0, 4], [0]);
        yield return Over([0, 4], [1]);

        Sample Over(Shape shape, int[] dims) => new(make(Axes.Of(dims, shape, "axes")), draw(shape));
    }

    /// <summary>The first axis, a middle one and the last, for operations along one axis; odd sizes, size 1 and size 0.</summary>
    public static IEnumerable<Sample> AlongOneAxis(Generator random, Func<int, Op> make, Func<Shape, Tensor>? draw = null)
    {
        draw ??= shape => random.Normal(shape, dtype: DType.F64);
        yield return new(make(0), draw([3, 4, 5]));
        yield return new(make(1), draw([3, 4, 5]));
        yield return new(make(2), draw([2, 3, 37]));
        yield return new(make(0), draw([19]));
        yield return new(make(1), draw([3, 1]));
        yield return new(make(1), draw([0, 4]));
    }

    static long Position(Shape kept, long[] index)
    {
        long position = 0;
        for (int i = 0; i < index.Length; i++) position = (position * kept[i]) + (kept[i] == 1 ? 0 : index[i]);
        return position;
    }
}
