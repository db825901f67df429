namespace Adjoint.Language;

/// <summary>How the next token is chosen from the scores of all.</summary>
/// <remarks>In this order: <see cref="RepetitionPenalty"/>, <see cref="Temperature"/>, <see cref="TopK"/>, <see cref="TopP"/>, <see cref="MinP"/>; then one token is drawn from what is left.</remarks>
/// <example><code>
/// var sampling = new Sampling { Temperature = 0.8, TopP = 0.95 };
/// int next = sampling.Choose(scores, said, random);
/// </code></example>
public sealed record Sampling
{
    /// <summary>Always the likeliest token.</summary>
    public static Sampling Greedy { get; } = new() { Temperature = 0 };

    /// <summary>What scores are divided by; 0 takes the likeliest token, and nothing is drawn.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How many of the likeliest tokens are left; null: all.</summary>
    public int? TopK { get; init; }

    /// <summary>The probability that the tokens that are left must reach together; 1: all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>The least probability, as a share of the likeliest token's; 0: all.</summary>
    public double MinP { get; init; }

    /// <summary>What makes tokens that the model sees in its text less likely; 1: nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Refuses values that mean nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message says which.</exception>
    public void Check()
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature))) throw new ArgumentOutOfRangeException(null, FormattableString.Invariant($"sampling: the temperature must be a number of at least 0, but it is {Temperature}."));
        if (TopK is { } k) Logits.TopK([], k);
        Logits.TopP([], TopP);
        Logits.MinP([0], MinP);
        Logits.Penalize([], [], RepetitionPenalty);
    }

    /// <summary>The next token.</summary>
    /// <param name="scores">The scores of all tokens; they are not changed.</param>
    /// <param name="said">The tokens so far, for the penalty.</param>
    /// <param name="random">The stream that decides; it moves on by one number, with a temperature of 0 not at all.</param>
    /// <exception cref="ArgumentException">There are no scores, one is NaN or ∞, or all are −∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public int Choose(ReadOnlySpan<float> scores, IEnumerable<int> said, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        float[] left = Left(scores, said);
        if (Temperature == 0) return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(left);
        double[] probabilities = Logits.Probabilities(left);
        double sum = 0, target = random.NextDouble();
        int last = 0;
        for (int id = 0; id < probabilities.Length; id++)
        {
            if (probabilities[id] == 0) continue;
            last = id;
            sum += probabilities[id];
            if (target < sum) return id;
        }

        return last;        // the sum was rounded below 1
    }

    /// <summary>The probabilities that <see cref="Choose"/> draws from.</summary>
    /// <inheritdoc cref="Choose" path="/exception"/>
    public double[] Probabilities(ReadOnlySpan<float> scores, IEnumerable<int> said)
    {
        float[] left = Left(scores, said);
        if (Temperature > 0) return Logits.Probabilities(left);
        double[] one = new double[left.Length];
        one[System.Numerics.Tensors.TensorPrimitives.IndexOfMax(left)] = 1;
        return one;
    }

    float[] Left(ReadOnlySpan<float> scores, IEnumerable<int> said)
    {
        Check();
        if (scores.IsEmpty) throw new ArgumentException("sampling: there must be scores to choose by, but there are none.");
        for (int id = 0; id < scores.Length; id++)
            if (!(scores[id] < float.PositiveInfinity)) throw new ArgumentException(FormattableString.Invariant($"sampling: scores must be numbers, but that of token {id} is {(float.IsNaN(scores[id]) ? "NaN" : "∞")}. Hint: the model's weights or inputs are not sound."));
        if (float.IsNegativeInfinity(System.Numerics.Tensors.TensorPrimitives.Max(scores))) throw new ArgumentException("sampling: some token must be possible, but all scores are −∞.");
        float[] left = scores.ToArray();
        Logits.Penalize(left, said, RepetitionPenalty);
        if (Temperature == 0) return left;
        Logits.Heat(left, Temperature);
        if (TopK is { } k) Logits.TopK(left, k);
        Logits.TopP(left, TopP);
        Logits.MinP(left, MinP);
        return left;
    }
}
