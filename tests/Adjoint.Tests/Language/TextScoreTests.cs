using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Language;

public class TextScoreTests
{
    const int Vocabulary = 11;

    static Llama Make(int context)
    {
        var model = new Llama(new() { Vocabulary = Vocabulary, Context = context, Width = 16, Layers = 2, Heads = 2, FeedForward = 24 }, new(7), DType.F64);
        var random = new Generator(3);
        model.LoadState(model.State().ToDictionary(p => p.Key, p => random.Normal(p.Value.Shape, p.Key.Contains("Norm.Weight", StringComparison.Ordinal) ? 1 : 0, 0.4)));
        return model;
    }

    /// <summary>−ln p of one token after others, by the model's plain call.</summary>
    static double Loss(Layer model, int[] before, int next)
    {
        double[] scores = model.Call(Tensor.From([.. before.Select(i => (long)i)], [1, before.Length]))[.., -1].ToArray<double>();
        return Math.Log(scores.Sum(Math.Exp)) - scores[next];
    }

    static int[] Ids(int count)
    {
        var random = new Generator(2);
        return [.. Enumerable.Range(0, count).Select(_ => (int)random.NextInteger(Vocabulary))];
    }

    [Theory, InlineData(1), InlineData(4), InlineData(5), InlineData(6), InlineData(17)]
    public void With_a_first_token_every_window_begins_with_it_and_foretells_all_of_its_tokens(int count)
    {
        Llama model = Make(5);
        int[] ids = Ids(count);
        double expected = Enumerable.Range(0, count).Average(i => Loss(model, [10, .. ids[(i / 5 * 5)..i]], ids[i]));
        TextScore score = TextScore.Of(model, ids, bos: 10, context: 5, TestContext.Current.CancellationToken);
        Assert.Equal(count, score.Tokens);
        Assert.Equal(expected, score.Loss, 1e-12);
    }

    [Theory, InlineData(2), InlineData(5), InlineData(6), InlineData(7), InlineData(17)]
    public void Without_one_windows_overlap_by_a_token_and_all_but_the_first_are_foretold(int count)
    {
        Llama model = Make(5);
        int[] ids = Ids(count);
        double expected = Enumerable.Range(1, count - 1).Average(i => Loss(model, ids[((i - 1) / 5 * 5)..i], ids[i]));
        TextScore score = TextScore.Of(model, ids, bos: null, context: 5, TestContext.Current.CancellationToken);
        Assert.Equal(count - 1, score.Tokens);
        Assert.Equal(expected, score.Loss, 1e-12);
    }

    [Fact]
    public void Perplexity_and_bits_per_byte_follow_from_the_loss()
    {
        var score = new TextScore(6, Math.Log(8));
        Assert.Equal(8, score.Perplexity, 1e-12);
        Assert.Equal(18.0 / 9, score.BitsPerByte(9), 1e-12);
        Assert.Equal("score: the text must have a byte at least, but it has 0. (Parameter 'bytes')", Assert.Throws<ArgumentOutOfRangeException>(() => score.BitsPerByte(0)).Message);
    }

    [Fact]
    public void A_text_is_scored_by_its_tokens()
    {
        Llama model = Make(5);
        PretrainedModel whole = new(model, TableTokenizer.Of(10, null, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", ""), 5, 10);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(TextScore.Of(model, [2, 0, 1, 7, 8, 9], 10, 5, cancellation), TextScore.Of(whole, "cabhij", cancellation));
    }

    [Fact]
    public void What_cannot_be_scored_is_told_plainly()
    {
        Llama model = Make(5);
        void Says(string sentence, Action act) => Assert.Equal(sentence, Assert.Throws<ArgumentException>(act).Message);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Says("score: a text must have a token at least, but it has 0.", () => TextScore.Of(model, [], 10, 5, cancellation));
        Says("score: a text must have two tokens at least, where the model has no token that texts begin with, but it has 1.", () => TextScore.Of(model, [1], null, 5, cancellation));
        Says("score: the context must be at least 1 token, but it is 0.", () => TextScore.Of(model, [1], 10, 0, cancellation));
        Says("score: a text needs a tokenizer, but the model has none. Hint: name one, or score ids.", () => TextScore.Of(new(model, null, 5, 10), "a", cancellation));
        Assert.Throws<OperationCanceledException>(() => TextScore.Of(model, [1], 10, 5, new CancellationToken(canceled: true)));
    }
}
