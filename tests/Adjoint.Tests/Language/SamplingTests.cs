using Adjoint.Language;
using Xunit;

namespace Adjoint.Tests.Language;

public class SamplingTests
{
    static readonly float[] Scores = [1, 4, 2, 4, -3, 3.5f, 0];

    [Fact]
    public void Greedy_takes_the_first_of_the_likeliest_and_draws_nothing()
    {
        var random = new Generator(1);
        Assert.Equal(1, Sampling.Greedy.Choose(Scores, [], random));
        Assert.Equal(0UL, random.Position);
        Assert.Equal(3, (Sampling.Greedy with { RepetitionPenalty = 1.1 }).Choose(Scores, [1], random));
        Assert.Equal([0, 1, 0, 0, 0, 0, 0], Sampling.Greedy.Probabilities(Scores, []));
    }

    [Fact]
    public void Steps_are_taken_in_the_order_that_is_told()
    {
        var sampling = new Sampling { RepetitionPenalty = 2, Temperature = 0.5, TopK = 4, TopP = 0.98, MinP = 0.02 };
        // Penalty of 3: 4 → 2. Doubled by the temperature: 8 (token 1), 7 (5), 4 (2), 4 (3) are left by top-k.
        double[] p = [.. ((double[])[8, 7, 4, 4]).Select(Math.Exp)];
        double sum = p.Sum();
        // 8 and 7 have 0.974, with a 4 it is 0.987: top-p keeps three; min-p takes the third, of a share of 0.018.
        Assert.InRange((p[0] + p[1]) / sum, 0.97, 0.979);
        Assert.InRange(p[2] / p[0], 0.018, 0.0199);
        double[] actual = sampling.Probabilities(Scores, [3]);
        Assert.Equal([0, p[0] / (p[0] + p[1]), 0, 0, 0, p[1] / (p[0] + p[1]), 0], actual, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(3, (sampling with { MinP = 0 }).Probabilities(Scores, [3]).Count(x => x > 0));
    }

    [Fact]
    public void Draws_follow_the_probabilities()
    {
        var sampling = new Sampling { Temperature = 1.5, TopK = 5 };
        double[] expected = sampling.Probabilities(Scores, []);
        int[] counts = new int[Scores.Length];
        var random = new Generator(5);
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++) counts[sampling.Choose(Scores, [], random)]++;
        // Five standard deviations.
        for (int i = 0; i < counts.Length; i++) Assert.InRange(counts[i], (Draws * expected[i]) - (5 * Math.Sqrt(Draws * expected[i])), (Draws * expected[i]) + (5 * Math.Sqrt(Draws * expected[i])));
        Assert.Equal((0, 0), (counts[4], counts[6]));
    }

    [Fact]
    public void The_same_stream_gives_the_same_tokens()
    {
        int[] Say(ulong seed)
        {
            var random = new Generator(seed);
            return [.. Enumerable.Range(0, 50).Select(_ => new Sampling().Choose(Scores, [], random))];
        }

        Assert.Equal(Say(1), Say(1));
        Assert.NotEqual(Say(1), Say(2));
    }

    [Fact]
    public void What_cannot_be_chosen_from_is_told_plainly()
    {
        void Says<T>(string sentence, Sampling sampling, params float[] scores) where T : ArgumentException => Assert.Equal(sentence, Assert.Throws<T>(() => sampling.Choose(scores, [], new(1))).Message);
        Says<ArgumentException>("sampling: there must be scores to choose by, but there are none.", new());
        Says<ArgumentException>("sampling: scores must be numbers, but that of token 1 is NaN. Hint: the model's weights or inputs are not sound.", new(), 1, float.NaN);
        Says<ArgumentException>("sampling: scores must be numbers, but that of token 0 is ∞. Hint: the model's weights or inputs are not sound.", new(), float.PositiveInfinity);
        Says<ArgumentException>("sampling: some token must be possible, but all scores are −∞.", new(), float.NegativeInfinity, float.NegativeInfinity);
        Says<ArgumentOutOfRangeException>("sampling: the temperature must be a number of at least 0, but it is -1.", new() { Temperature = -1 }, 1);
        Says<ArgumentOutOfRangeException>("sampling: top-k must be at least 1, but it is 0. (Parameter 'k')", new() { TopK = 0 }, 1);
        Says<ArgumentOutOfRangeException>("sampling: top-p must be above 0 and up to 1, but it is 0.", new() { TopP = 0 }, 1);
        Says<ArgumentOutOfRangeException>("sampling: min-p must be from 0 to 1, but it is 2.", new() { MinP = 2 }, 1);
        Says<ArgumentOutOfRangeException>("sampling: the repetition penalty must be a number above 0, but it is -2.", new() { RepetitionPenalty = -2 }, 1);
    }
}
