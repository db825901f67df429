using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>A text under way has the scores of the model's plain call with the tokens that it sees.</summary>
[Collection(Alone.Name)]
public class ContinuationTests
{
    const int Vocabulary = 13;

    static Layer Make(string kind, int context)
    {
        Layer model = kind == "gpt"
            ? new Gpt(new() { Vocabulary = Vocabulary, Context = context, Width = 16, Layers = 2, Heads = 2, Dropout = 0.3 }, new(7))
            : new Llama(new() { Vocabulary = Vocabulary, Context = context, Width = 16, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 24 }, new(7));
        var random = new Generator(3);
        model.LoadState(model.State().ToDictionary(p => p.Key, p => random.Normal(p.Value.Shape, p.Key.Contains("Norm.Weight", StringComparison.Ordinal) ? 1 : 0, 0.2)));
        return model;
    }

    static float[] Plain(Layer model, IReadOnlyList<int> window)
    {
        using NoGrad off = NoGrad.Scope();
        return model.Call(Tensor.From([.. window.Select(i => (long)i)], [1, window.Count]))[.., -1].ToArray<float>();
    }

    [Theory]
    [InlineData("gpt", null, 9)]
    [InlineData("gpt", 4, 9)]
    [InlineData("llama", 4, 9)]
    [InlineData("llama", null, 8)]
    [InlineData("llama", 4, 1)]
    [InlineData("llama", 4, 2)]
    [InlineData("gpt", 4, 3)]
    [InlineData("llama", null, 1)]
    public void The_oldest_half_is_dropped_when_the_context_is_full(string kind, int? bos, int context)
    {
        Layer model = Make(kind, context);
        var text = new Continuation(new(model, null, context, bos));
        // The same by hand.
        List<int> expected = bos is { } b ? [b] : [];
        var random = new Generator(5);
        for (int i = 0; i < 40; i++)
        {
            int id = (int)random.NextInteger(Vocabulary);
            if (expected.Count == context)
            {
                int half = context / 2;
                expected = [.. expected[0] == bos && half + 1 < context ? [bos.Value] : (int[])[], .. expected.TakeLast(half)];
            }

            expected.Add(id);
            text.Append(id);
            Assert.Equal(expected, text.Window);
            // Not after every token: several may come at once.
            if (i % 3 == 1) continue;
            Assert.All(Plain(model, expected).Zip(text.Scores().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5));
        }

        Assert.Equal(40 + (bos is null ? 0 : 1), text.Length);
    }

    [Fact]
    public void A_prompt_longer_than_the_context_is_seen_from_where_there_is_room()
    {
        Layer model = Make("llama", 8);
        var text = new Continuation(new(model, null, 8, 4));
        text.Append(Enumerable.Range(0, 13));
        Assert.Equal([4, 6, 7, 8, 9, 10, 11, 12], text.Window);
        Assert.All(Plain(model, text.Window).Zip(text.Scores().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void A_long_prompt_comes_in_pieces_that_make_no_difference()
    {
        Layer model = Make("llama", 700);
        var text = new Continuation(new(model, null, 700, null));
        var random = new Generator(5);
        text.Append(Enumerable.Range(0, 600).Select(_ => (int)random.NextInteger(Vocabulary)));
        Assert.All(Plain(model, text.Window).Zip(text.Scores().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void Tokens_do_not_add_up_in_memory(string kind)
    {
        var generator = new TextGenerator(new(Make(kind, 16), null, 16, null));
        var live = new List<long>();
        // Some hundred tokens over a context of 16: the cache is filled again and again.
        foreach (int id in generator.Ids([1], new() { Tokens = 300 }))
        {
            if (live.Count == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            live.Add(TensorMemory.LiveBytes);
        }

        Assert.Equal(300, live.Count);
        Assert.Single(live.Skip(1).Distinct());
    }

    [Fact]
    public void Scores_are_computed_once()
    {
        var model = new Scripted(3, 1, 2);
        var text = new Continuation(new(model, null, 8, null));
        text.Append(0, 1);
        Assert.Equal(text.Scores().ToArray(), text.Scores().ToArray());
        Assert.Single(model.Seen);
    }
}
