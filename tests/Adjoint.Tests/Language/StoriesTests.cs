using Adjoint.Language;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>A trained model, gone on with through its cache, says what it says when everything is computed again for every token.</summary>
[Collection(Alone.Name)]
public class StoriesTests
{
    static PretrainedModel Stories() => PretrainedModel.Load(Llama2CTests.Stories, Llama2CTests.Tok512);

    /// <summary>The likeliest tokens by the model's plain call, and how far ahead of the second each one was at the least.</summary>
    static (List<int> Ids, double Lead) Plain(PretrainedModel model, IReadOnlyList<int> prompt, int count)
    {
        model.Model.Eval();
        List<int> all = [model.Bos!.Value, .. prompt], said = [];
        double lead = double.PositiveInfinity;
        using NoGrad off = NoGrad.Scope();
        while (said.Count < count)
        {
            using Scope scope = Scope.Begin("token");
            float[] scores = model.Model.Call(Tensor.From([.. all.Select(i => (long)i)], [1, all.Count]))[.., -1].ToArray<float>();
            int best = Array.IndexOf(scores, scores.Max());
            if (best == model.Bos || best == model.Tokenizer!.Eos) break;
            lead = Math.Min(lead, scores[best] - scores.Where((_, i) => i != best).Max());
            said.Add(best);
            all.Add(best);
        }

        return (said, lead);
    }

    [Theory]
    [InlineData("", 120)]
    [InlineData("Once upon a time", 80)]
    [InlineData("Tom and his dog were in the park. Tom said, \"", 80)]
    [InlineData("El niño größer 😀", 40)]
    public void The_likeliest_story_is_the_same_with_and_without_a_cache(string prompt, int count)
    {
        PretrainedModel model = Stories();
        IReadOnlyList<int> ids = model.Tokenizer!.Encode(prompt);
        (List<int> expected, double lead) = Plain(model, ids, count);
        // Far above the error of rounding, so that there is one right answer.
        Assert.True(lead > 1e-4, $"{lead}");
        Assert.Equal(expected, new TextGenerator(model).Ids(ids, new() { Sampling = Sampling.Greedy, Tokens = count }));
        if (prompt.Length == 0) Assert.Equal([403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421], expected.Take(12));
    }

    [Fact]
    public void A_prompt_that_fills_the_context_is_gone_on_with_to_its_end()
    {
        PretrainedModel model = Stories();
        (List<int> story, _) = Plain(model, [], 100);
        int[] prompt = [.. Enumerable.Range(0, 490).Select(i => story[i % story.Count])];
        // With the BOS 491 tokens are seen; the last of 512 foretells one more.
        (List<int> expected, double lead) = Plain(model, prompt, 22);
        Assert.True(lead > 1e-4, $"{lead}");
        Assert.NotEmpty(expected);
        Assert.Equal(expected, new TextGenerator(model).Ids(prompt, new() { Sampling = Sampling.Greedy, Tokens = expected.Count }));
    }

    [Fact]
    public async Task A_story_streams_as_it_is_decoded()
    {
        PretrainedModel model = Stories();
        var settings = new GenerationSettings { Sampling = new() { Temperature = 0.9, TopP = 0.9 }, Tokens = 150, Seed = 5 };
        foreach (string prompt in (string[])["", "Once upon a time"])
        {
            string text = "";
            await foreach (string piece in new TextGenerator(model).Stream(prompt, settings, TestContext.Current.CancellationToken)) text += piece;
            IReadOnlyList<int> ids = model.Tokenizer!.Encode(prompt);
            string all = model.Tokenizer.Decode([.. ids, .. new TextGenerator(model).Ids(ids, settings)]);
            Assert.Equal(all, prompt + text);
        }
    }

    [Fact]
    public void A_story_is_foretold_better_than_its_letters_in_disorder()
    {
        PretrainedModel model = Stories();
        const string Story = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.";
        double story = TextScore.Of(model, Story, TestContext.Current.CancellationToken).BitsPerByte(Story.Length);
        double disorder = TextScore.Of(model, string.Concat(Story.Reverse()), TestContext.Current.CancellationToken).BitsPerByte(Story.Length);
        Assert.InRange(story, 0.01, 0.5);
        Assert.InRange(disorder, 3, 20);
    }
}
