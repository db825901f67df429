namespace Adjoint;

/// <summary>Adds draws from weighted choices to generators.</summary>
public static class MultinomialSyntax
{
    extension(Generator random)
    {
        /// <summary>Draws positions with probabilities proportional to weights: <c>p(i) = w[i] / Σ w</c>.</summary>
        /// <remarks>
        /// Weights [n] give [count], [B, n] give [B, count], in I64. Without replacement the first of a row is drawn from all, the next
        /// from what remains, and so on: the smallest of exponential numbers divided by their weights (Efraimidis and Spirakis 2006).
        /// </remarks>
        /// <param name="weights">Not negative; they need not add up to 1.</param>
        /// <param name="count">How many are drawn from each row.</param>
        /// <param name="replacement">Whether a position can be drawn again.</param>
        /// <exception cref="ShapeException">The weights have not one or two axes.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The count is not positive.</exception>
        /// <exception cref="ArgumentException">A weight is negative or not finite, a row adds up to 0, or has fewer positive weights than are to be drawn without replacement.</exception>
        [PyTorch("torch.multinomial", Differs = "A method of the generator.")]
        public Tensor Multinomial(Tensor weights, int count, bool replacement = false)
        {
            ArgumentNullException.ThrowIfNull(weights);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            if (weights.Rank is not (1 or 2)) throw new ShapeException($"multinomial: weights must be [n] or [B, n], but they are {weights.Shape}.");
            using NoGrad off = NoGrad.Scope();
            using Scope scope = Scope.Begin("multinomial");
            double[] all = weights.Detach().To(DType.F64).ToArray<double>();
            int size = checked((int)weights.Shape[^1]), rows = weights.Rank == 1 ? 1 : checked((int)weights.Shape[0]);
            long[] drawn = new long[(long)rows * count];
            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<double> row = all.AsSpan(r * size, size);
                Check(row, replacement ? 1 : count, r);
                Span<long> into = drawn.AsSpan(r * count, count);
                if (replacement) Again(random, row, into);
                else Once(random, row, into);
            }

            return scope.Keep(Tensor.From(drawn, weights.Shape.With(weights.Rank - 1, count)));
        }

        /// <summary>Draws one position of each row of logits with probabilities <c>softmax(logits)</c>: [..., n] gives [...], in I64.</summary>
        /// <remarks>The largest of logits plus Gumbel noise (Gumbel 1954); −∞ is never drawn where there is anything else.</remarks>
        /// <exception cref="ShapeException">There is no axis, or nothing in it.</exception>
        /// <exception cref="DTypeException">The logits are not floating-point numbers.</exception>
        [PyTorch("torch.distributions.Categorical", Differs = "`Categorical(logits=…).sample()`.")]
        public Tensor Categorical(Tensor logits)
        {
            ArgumentNullException.ThrowIfNull(logits);
            if (!logits.DType.IsFloat) throw new DTypeException($"categorical: logits must be floating-point numbers, but they are {logits.DType}.");
            if (logits.Rank == 0 || logits.Shape[^1] == 0) throw new ShapeException($"categorical: logits must be [..., n] with n at least 1, but they are {logits.Shape}.");
            using NoGrad off = NoGrad.Scope();
            using Scope scope = Scope.Begin("categorical");
            // A waiting time of 0 would be an infinite head start, even for what must never be drawn.
            Tensor waiting = (-(1 - random.Uniform(logits.Shape, dtype: DType.F64)).Log()).Maximum(1e-300);
            return scope.Keep((logits.Detach().To(DType.F64) - waiting.Log()).Argmax(-1));
        }
    }

    static void Again(Generator random, ReadOnlySpan<double> weights, Span<long> into)
    {
        double[] sums = new double[weights.Length];
        double total = 0;
        for (int i = 0; i < sums.Length; i++) sums[i] = total += weights[i];
        int last = sums.AsSpan().IndexOf(total);
        for (int k = 0; k < into.Length; k++)
        {
            // The first sum above the draw; a weight of 0 has no sum of its own and is stepped over.
            double target = random.NextDouble() * total;
            int at = sums.AsSpan().BinarySearch(target);
            at = at < 0 ? ~at : at + 1;
            while (at < last && sums[at] <= target) at++;
            into[k] = Math.Min(at, last);
        }
    }

    static void Once(Generator random, ReadOnlySpan<double> weights, Span<long> into)
    {
        double[] times = new double[weights.Length];
        long[] places = new long[weights.Length];
        for (int i = 0; i < times.Length; i++)
        {
            places[i] = i;
            double wait = -Math.Log(1 - random.NextDouble());
            times[i] = weights[i] > 0 ? wait / weights[i] : double.PositiveInfinity;
        }

        Array.Sort(times, places);
        places.AsSpan(0, into.Length).CopyTo(into);
    }

    static void Check(ReadOnlySpan<double> weights, int needed, int row)
    {
        int positive = 0;
        foreach (double weight in weights)
        {
            if (!(weight >= 0) || double.IsInfinity(weight)) throw new ArgumentException($"multinomial: weights must be finite and not negative, but one in row {row} is {weight}.");
            if (weight > 0) positive++;
        }

        if (positive < needed) throw new ArgumentException($"multinomial: a row needs as many positive weights as are drawn from it, but {needed} {(needed == 1 ? "is" : "are")} drawn and row {row} has {positive}.");
    }
}
