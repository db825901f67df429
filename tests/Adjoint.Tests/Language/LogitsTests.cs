using Adjoint.Language;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Each way to choose, against a plain computation in double.</summary>
public class LogitsTests
{
    // Half of the rows have few different scores, so that many are equal.
    public static TheoryData<int> Rows => [.. Enumerable.Range(0, 12)];

    static float[] Draw(int row)
    {
        var random = new Generator((ulong)row + 1);
        float[] scores = random.Normal([row % 3 == 0 ? 3 : 40], 0, 3).ToArray<float>();
        return row % 2 == 0 ? scores : [.. scores.Select(s => MathF.Round(s))];
    }

    static double[] Softmax(IReadOnlyList<double> scores)
    {
        double sum = scores.Sum(Math.Exp);
        return [.. scores.Select(s => Math.Exp(s) / sum)];
    }

    static int[] Order(float[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i)];

    static int[] Left(float[] scores) => [.. Enumerable.Range(0, scores.Length).Where(i => !float.IsNegativeInfinity(scores[i]))];

    [Theory, MemberData(nameof(Rows))]
    public void Probabilities_are_the_softmax(int row)
    {
        float[] scores = Draw(row);
        double[] expected = Softmax([.. scores.Select(s => (double)s)]);
        Assert.All(expected.Zip(Logits.Probabilities(scores)), p => Assert.Equal(p.First, p.Second, 1e-14));
        Assert.Equal([0.5, 0.5, 0], Logits.Probabilities([1e30f, 1e30f, float.NegativeInfinity]));
    }

    [Theory, MemberData(nameof(Rows))]
    public void Top_k_keeps_the_k_first(int row)
    {
        foreach (int k in (int[])[1, 2, 7, 39, 40, 100])
        {
            float[] scores = Draw(row), before = [.. scores];
            Logits.TopK(scores, k);
            Assert.Equal(Order(before).Take(k).Order(), Left(scores));
            Assert.All(Left(scores), i => Assert.Equal(before[i], scores[i]));
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Top_p_keeps_the_fewest_that_reach_p(int row)
    {
        foreach (double p in (double[])[1e-6, 0.1, 0.5, 0.9, 0.99, 1])
        {
            float[] scores = Draw(row), before = [.. scores];
            double[] probabilities = Softmax([.. scores.Select(s => (double)s)]);
            int[] order = Order(scores);
            int count = p == 1 ? order.Length : Enumerable.Range(1, order.Length).First(n => order.Take(n).Sum(i => probabilities[i]) >= p - 1e-13);
            Logits.TopP(scores, p);
            Assert.Equal(order.Take(count).Order(), Left(scores));
            Assert.All(Left(scores), i => Assert.Equal(before[i], scores[i]));
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Min_p_keeps_a_share_of_the_largest(int row)
    {
        foreach (double share in (double[])[0, 0.013, 0.21, 0.77, 1])
        {
            float[] scores = Draw(row);
            double[] probabilities = Softmax([.. scores.Select(s => (double)s)]);
            int[] expected = [.. Enumerable.Range(0, scores.Length).Where(i => probabilities[i] >= (share * probabilities.Max()) - 1e-14)];
            Logits.MinP(scores, share);
            Assert.Equal(expected, Left(scores));
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Heat_divides_as_far_as_probabilities_can_tell(int row)
    {
        foreach (double temperature in (double[])[0.3, 1, 1.7])
        {
            float[] scores = Draw(row);
            double[] expected = Softmax([.. scores.Select(s => s / temperature)]);
            Logits.Heat(scores, temperature);
            Assert.All(expected.Zip(Logits.Probabilities(scores)), p => Assert.Equal(p.First, p.Second, 1e-6));
        }
    }

    [Fact]
    public void Almost_no_heat_leaves_the_likeliest()
    {
        float[] scores = [1, 3, float.NegativeInfinity, 3, 2.9f];
        Logits.Heat(scores, 1e-300);
        Assert.Equal([0, 0.5, 0, 0.5, 0], Logits.Probabilities(scores));
    }

    [Fact]
    public void A_penalty_makes_what_was_said_less_likely_once()
    {
        float[] scores = [2, -2, 0, 4, 5];
        Logits.Penalize(scores, [0, 1, 1, 2, 3, 3, 3], 1.25);
        Assert.Equal([1.6f, -2.5f, 0, 3.2f, 5], scores);
        Logits.Penalize(scores, [0, 1], 1);
        Assert.Equal([1.6f, -2.5f, 0, 3.2f, 5], scores);
    }

    [Fact]
    public void What_is_out_of_range_is_told_plainly()
    {
        void Says(string sentence, Action act) => Assert.Equal(sentence, Assert.Throws<ArgumentOutOfRangeException>(act).Message);
        Says("sampling: the repetition penalty must be a number above 0, but it is 0.", () => Logits.Penalize([1], [], 0));
        Says("sampling: tokens must be from 0 to 0, but one is 1. (Parameter 'said')", () => Logits.Penalize([1], [1], 2));
        Says("sampling: the temperature must be a number above 0, but it is NaN.", () => Logits.Heat([1], double.NaN));
        Says("sampling: top-k must be at least 1, but it is 0. (Parameter 'k')", () => Logits.TopK([1], 0));
        Says("sampling: top-p must be above 0 and up to 1, but it is 1.5.", () => Logits.TopP([1], 1.5));
        Says("sampling: min-p must be from 0 to 1, but it is -0.5.", () => Logits.MinP([1], -0.5));
    }
}
