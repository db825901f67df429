using Adjoint.Language;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>A trained model against a plain program after llama2.c's <c>run.c</c>: scores, stories and losses, up to the full context.</summary>
[Collection(Alone.Name)]
public class Llama2CParityTests
{
    const string Story = """
        Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big red ball under a tree.
        "Mom, can I play with it?" she asked. Her mom smiled and said, "Yes, but be careful." Lily ran to the ball and kicked it very high.
        The ball hit a bird, and the bird was sad. Lily said sorry and gave the bird some bread. They became friends and played until the sun went down.
        """;

    static readonly string[] Prompts = ["", "Once upon a time", "Tom had a red car. ", "The cat and the dog were best friends, but one day", "\"Why are you sad?\" asked Mom.", "Zebra 42 größer 😀"];

    static PretrainedModel Model(DType dtype) => PretrainedModel.Load(Llama2CTests.Stories, Llama2CTests.Tok512, dtype);

    static Tensor Ids(int[] ids) => Tensor.From([.. ids.Select(i => (long)i)], [1, ids.Length]);

    // Of the rounding of F32, which grows along the row, scores up to 20 keep four decimals.
    [Theory, InlineData(DType.F64, 1e-9), InlineData(DType.F32, 2e-3)]
    public void Scores_at_every_place_of_a_full_context_are_those_of_the_plain_program(DType dtype, double tolerance)
    {
        PretrainedModel model = Model(dtype);
        var plain = new PlainLlama2C(Llama2CTests.Stories);
        IReadOnlyList<int> story = model.Tokenizer!.Encode(Story);
        int[] told = [1, .. Enumerable.Range(0, 511).Select(i => story[i % story.Count])];
        int[] chance = [1, .. new Generator(8).Integers([511], 3, 512).ToArray<long>().Select(i => (int)i)];
        using NoGrad off = NoGrad.Scope();
        foreach (int[] ids in (int[][])[told, chance])
        {
            double[] scores = model.Model.Call(Ids(ids)).To(DType.F64).ToArray<double>();
            double[] expected = [.. plain.Scores(ids).SelectMany(s => s)];
            Assert.Equal((512, 512, 512 * 512), (plain.Context, plain.Vocabulary, expected.Length));
            Assert.InRange(scores.Zip(expected).Max(p => Math.Abs(p.First - p.Second)), 0, tolerance);
        }
    }

    [Fact]
    public void The_likeliest_stories_are_those_of_the_plain_program()
    {
        PretrainedModel model = Model(DType.F32);
        var plain = new PlainLlama2C(Llama2CTests.Stories);
        foreach (string prompt in Prompts)
        {
            IReadOnlyList<int> ids = model.Tokenizer!.Encode(prompt);
            List<int> expected = [];
            double[] scores = plain.Scores([1, .. ids])[^1];
            double lead = double.PositiveInfinity;
            while (expected.Count < 60)
            {
                int best = Array.IndexOf(scores, scores.Max());
                lead = Math.Min(lead, scores[best] - scores.Where((_, i) => i != best).Max());
                if (best is 1 or 2) break;
                expected.Add(best);
                scores = plain.Next(best);
            }

            // Further ahead than F32 can be wrong, so that there is one right answer.
            Assert.True(lead > 1e-4, $"'{prompt}': {lead}");
            Assert.Equal(expected, new TextGenerator(model).Ids(ids, new() { Sampling = Sampling.Greedy, Tokens = 60 }));
        }
    }

    [Theory, InlineData(DType.F64, 1e-10), InlineData(DType.F32, 1e-5)]
    public void The_loss_of_a_text_is_that_of_the_plain_program(DType dtype, double tolerance)
    {
        PretrainedModel model = Model(dtype);
        var plain = new PlainLlama2C(Llama2CTests.Stories);
        // The last is more than a context: a second window begins anew.
        foreach (string text in (string[])[Prompts[1], Prompts[5], Story, string.Concat(Enumerable.Repeat(Story, 3))])
        {
            IReadOnlyList<int> ids = model.Tokenizer!.Encode(text);
            double sum = 0;
            foreach (int[] window in ids.Chunk(512))
                sum += plain.Scores([1, .. window[..^1]]).Zip(window).Sum(p => LogSum(p.First) - p.First[p.Second]);
            TextScore score = TextScore.Of(model, text, TestContext.Current.CancellationToken);
            Assert.Equal(ids.Count, score.Tokens);
            Assert.Equal(sum / ids.Count, score.Loss, tolerance);
        }
    }

    static double LogSum(double[] scores)
    {
        double most = scores.Max();
        return most + Math.Log(scores.Sum(s => Math.Exp(s - most)));
    }
}
