namespace Adjoint.Ops;

/// <summary>What connectionist temporal classification means, by looking at every way to say a target, and the samples for it.</summary>
internal static class CtcMeaning
{
    /// <summary>Of one sample: the probability of its target, and how much of it passes each symbol at each step.</summary>
    public static (double Probability, double[,] Passing) Of(Plain[] inputs, long sample, long blank)
    {
        Plain x = inputs[0];
        long steps = (long)inputs[2].Values[sample], symbols = x.Shape[2];
        long[] target = [.. Enumerable.Range(0, (int)inputs[3].Values[sample]).Select(s => (long)inputs[1][sample, s])];
        double total = 0;
        var passing = new double[steps, symbols];
        foreach (long[] path in Plain.Indices(Shape.Create([.. Enumerable.Repeat(symbols, (int)steps)])))
        {
            // Equal neighbours are said once, and blanks not at all.
            long[] said = [.. path.Where((symbol, t) => symbol != blank && (t == 0 || path[t - 1] != symbol))];
            if (!said.SequenceEqual(target)) continue;
            double probability = Math.Exp(path.Select((symbol, t) => x[t, sample, symbol]).Sum());
            total += probability;
            for (long t = 0; t < steps; t++) passing[t, path[t]] += probability;
        }

        return (total, passing);
    }

    /// <summary>Labels that repeat, a target of no labels, one that the steps only just suffice for, one they do not, padding that is no label.</summary>
    public static IEnumerable<(Tensor[] Inputs, long Blank, bool ZeroInfinity)> Cases(Generator random)
    {
        Tensor Draw(Shape shape) => random.Normal(shape, dtype: DType.F64).LogSoftmax(-1);
        yield return ([Draw([5, 3, 3]), Tensor.From([1L, 2, 1, 1, 1, -9, 2, -9, -9], [3, 3]), Tensor.From([5L, 4, 3]), Tensor.From([3L, 2, 1])], 0, false);
        yield return ([Draw([3, 2, 4]), Tensor.From([0L, 0, 1, 3], [2, 2]), Tensor.From([3L, 2]), Tensor.From([2L, 0])], 2, false);
        yield return ([Draw([4, 2, 3]), Tensor.From([1L, 1, 2, 2], [2, 2]), Tensor.From([2L, 4]), Tensor.From([2L, 2])], 0, true);
        yield return ([Draw([2, 0, 3]), Tensor.Zeros([0, 2], DType.I64), Tensor.Zeros([0], DType.I64), Tensor.Zeros([0], DType.I64)], 0, false);
    }
}
