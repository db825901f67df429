namespace Adjoint.Language;

/// <summary>What is done to the scores (logits) of all tokens before one is drawn; a token that is out has −∞.</summary>
/// <remarks>Where scores are equal, the token with the smaller id comes first: the same scores always give the same tokens.</remarks>
public static class Logits
{
    /// <summary>Makes tokens that were said less likely: a positive score is divided by the penalty, a negative one multiplied, once a token.</summary>
    /// <remarks>Source: Keskar et al. 2019, §4.1; for negative scores as in the code published with it.</remarks>
    /// <param name="scores">The scores, changed in place.</param>
    /// <param name="said">The tokens that were said; how often does not matter.</param>
    /// <param name="penalty">1 changes nothing; 1.2 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The penalty is not a number above 0, or an id is no token.</exception>
    public static void Penalize(Span<float> scores, IEnumerable<int> said, double penalty)
    {
        ArgumentNullException.ThrowIfNull(said);
        if (!(penalty > 0 && double.IsFinite(penalty))) throw Rule("the repetition penalty must be a number above 0", penalty);
        if (penalty == 1) return;
        foreach (int id in said.Distinct())
        {
            if ((uint)id >= (uint)scores.Length) throw new ArgumentOutOfRangeException(nameof(said), $"sampling: tokens must be from 0 to {scores.Length - 1}, but one is {id}.");
            scores[id] = (float)(scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty);
        }
    }

    /// <summary>Divides by the temperature: below 1 likely tokens become likelier, above 1 less so.</summary>
    /// <param name="scores">The scores, changed in place.</param>
    /// <param name="temperature">A number above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void Heat(Span<float> scores, double temperature)
    {
        if (!(temperature > 0 && double.IsFinite(temperature))) throw Rule("the temperature must be a number above 0", temperature);
        if (temperature == 1) return;
        // Beside the largest, so that a temperature near 0 leaves −∞ and 0 and no ∞ − ∞.
        float largest = System.Numerics.Tensors.TensorPrimitives.Max(scores);
        foreach (ref float score in scores) score = score == largest ? 0 : (float)((score - largest) / temperature);
    }

    /// <summary>Keeps the k tokens with the largest scores.</summary>
    /// <param name="scores">The scores, changed in place.</param>
    /// <param name="k">At least 1; all are kept where there are not so many.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is less than 1.</exception>
    public static void TopK(Span<float> scores, int k)
    {
        if (k < 1) throw new ArgumentOutOfRangeException(nameof(k), $"sampling: top-k must be at least 1, but it is {k}.");
        if (k >= scores.Length) return;
        foreach (int id in Order(scores).AsSpan(k)) scores[id] = float.NegativeInfinity;
    }

    /// <summary>Keeps the nucleus: the fewest most likely tokens whose probabilities sum to at least p.</summary>
    /// <remarks>Source: Holtzman et al. 2020, §3.1.</remarks>
    /// <param name="scores">The scores, changed in place.</param>
    /// <param name="p">Above 0, up to 1, which keeps all; the likeliest token always stays.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not.</exception>
    public static void TopP(Span<float> scores, double p)
    {
        if (!(p is > 0 and <= 1)) throw Rule("top-p must be above 0 and up to 1", p);
        if (p == 1) return;
        double[] probabilities = Probabilities(scores);
        double sum = 0;
        foreach (int id in Order(scores))
        {
            if (sum >= p) scores[id] = float.NegativeInfinity;
            sum += probabilities[id];
        }
    }

    /// <summary>Keeps tokens that are at least so many times as likely as the likeliest.</summary>
    /// <remarks>Source: Nguyen et al. 2024, §3.</remarks>
    /// <param name="scores">The scores, changed in place.</param>
    /// <param name="share">From 0, which keeps all, to 1, which keeps the likeliest.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void MinP(Span<float> scores, double share)
    {
        if (!(share is >= 0 and <= 1)) throw Rule("min-p must be from 0 to 1", share);
        if (share == 0) return;
        // p ≥ share·max p, in logarithms.
        double least = System.Numerics.Tensors.TensorPrimitives.Max(scores) + Math.Log(share);
        foreach (ref float score in scores) if (score < least) score = float.NegativeInfinity;
    }

    /// <summary>The softmax: probabilities that sum to 1.</summary>
    public static double[] Probabilities(ReadOnlySpan<float> scores)
    {
        double[] probabilities = new double[scores.Length];
        double largest = scores.IsEmpty ? 0 : System.Numerics.Tensors.TensorPrimitives.Max(scores), sum = 0;
        for (int i = 0; i < scores.Length; i++) sum += probabilities[i] = Math.Exp(scores[i] - largest);
        for (int i = 0; i < scores.Length; i++) probabilities[i] /= sum;
        return probabilities;
    }

    /// <summary>The tokens by falling score.</summary>
    static int[] Order(ReadOnlySpan<float> scores)
    {
        float[] keys = new float[scores.Length];
        int[] ids = new int[scores.Length];
        for (int i = 0; i < keys.Length; i++) (keys[i], ids[i]) = (-scores[i], i);
        Array.Sort(keys, ids);
        // The sort is not stable: ids of equal scores are put in order here.
        for (int from = 0, to; from < keys.Length; from = to)
        {
            for (to = from + 1; to < keys.Length && keys[to] == keys[from];) to++;
            if (to - from > 1) Array.Sort(ids, from, to - from);
        }

        return ids;
    }

    static ArgumentOutOfRangeException Rule(string rule, double value) => new(null, FormattableString.Invariant($"sampling: {rule}, but it is {value}."));
}
