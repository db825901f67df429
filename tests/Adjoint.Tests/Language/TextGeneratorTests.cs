using Adjoint.Language;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>What comes out of a model that says what the test wants.</summary>
public class TextGeneratorTests
{
    static readonly GenerationSettings Greedy = new() { Sampling = Sampling.Greedy };

    static async Task<List<string>> Pieces(TextGenerator generator, string prompt, GenerationSettings settings)
    {
        var pieces = new List<string>();
        await foreach (string piece in generator.Stream(prompt, settings, TestContext.Current.CancellationToken)) pieces.Add(piece);
        return pieces;
    }

    static TextGenerator Says(TableTokenizer tokenizer, int? bos, params int[] script) => new(new(new Scripted(tokenizer.Vocabulary, script), tokenizer, 64, bos));

    [Fact]
    public void Ids_come_as_they_are_asked_for()
    {
        var model = new Scripted(5, 1, 2, 3, 4);
        IEnumerable<int> ids = new TextGenerator(new(model, null, 8, null)).Ids([0], Greedy);
        Assert.Empty(model.Seen);
        Assert.Equal([1, 2, 3], ids.Take(3));
        Assert.Equal([[0], [0, 1], [0, 1, 2]], model.Seen);
    }

    [Fact]
    public void The_number_of_tokens_is_the_most()
    {
        var generator = new TextGenerator(new(new Scripted(5, 1, 2, 3, 4), null, 64, null));
        Assert.Equal([1, 2, 3, 4, 1, 2], generator.Ids([0], Greedy with { Tokens = 6 }));
        Assert.Empty(generator.Ids([0], Greedy with { Tokens = 0 }));
        Assert.Equal(256, generator.Ids([0], Greedy).Count());
    }

    [Theory, InlineData(null, 3), InlineData(3, null), InlineData(3, 4)]
    public void The_model_ends_a_text_with_its_last_token_or_the_first_of_another(int? bos, int? eos)
    {
        TableTokenizer tokenizer = TableTokenizer.Of(bos, eos, "a", "b", "c", "", "");
        PretrainedModel model = new(new Scripted(5, 0, 1, 2, 3, 1), tokenizer, 64, bos);
        var text = new Continuation(model);
        text.Append(0);
        int[] expected = bos is null ? [0, 1, 2] : [1, 2];
        Assert.Equal(expected, new TextGenerator(model).Ids(text, Greedy));
        Assert.Equal(3, text.Window[^1]);
    }

    [Fact]
    public async Task Only_whole_characters_come_out()
    {
        // "é€😀" a byte a token, then a byte that no character begins with, and at the end half of a character.
        byte[] bytes = [0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80, 0xFF, 0x41, 0xC3];
        var tokenizer = new TableTokenizer(null, null, [.. Enumerable.Range(0, 256).Select(b => (byte[])[(byte)b])]);
        List<string> pieces = await Pieces(Says(tokenizer, null, [.. bytes.Select(b => (int)b)]), "A", Greedy with { Tokens = 12 });
        Assert.Equal(["é", "€", "😀", "\uFFFD", "A", "\uFFFD"], pieces);
    }

    [Fact]
    public async Task A_text_to_stop_at_is_found_across_tokens_and_left_out()
    {
        TableTokenizer tokenizer = TableTokenizer.Of(null, null, "x", "one\n", "\ntwo", "three", "\n");
        Assert.Equal(["one"], await Pieces(Says(tokenizer, null, 1, 2, 3), "x", Greedy with { Stop = ["\n\n"] }));
        // What was held back comes when it was no beginning; the stop text that begins first counts.
        Assert.Equal(["one", "\nthree"], await Pieces(Says(tokenizer, null, 1, 3, 4, 2), "x", Greedy with { Stop = ["two", "\n\n"] }));
        Assert.Equal(["o"], await Pieces(Says(tokenizer, null, 1), "x", Greedy with { Stop = ["e", "ne", "n"] }));
        // At the end of the tokens, too.
        Assert.Equal(["one", "\n"], await Pieces(Says(tokenizer, null, 1, 3), "x", Greedy with { Stop = ["\nt2"], Tokens = 1 }));
    }

    [Fact]
    public async Task After_a_stop_no_token_is_computed()
    {
        TableTokenizer tokenizer = TableTokenizer.Of(null, null, "x", "y", "z");
        var model = new Scripted(3, 1, 2, 1);
        Assert.Equal(["y"], await Pieces(new(new(model, tokenizer, 64, null)), "x", Greedy with { Stop = ["z"] }));
        Assert.Equal(2, model.Seen.Count);
    }

    [Fact]
    public async Task Cancelling_ends_after_the_token_and_the_text_can_be_gone_on_with()
    {
        TableTokenizer tokenizer = TableTokenizer.Of(null, null, "x", "1", "2", "3", "4");
        PretrainedModel model = new(new Scripted(5, 1, 2, 3, 4), tokenizer, 64, null);
        var generator = new TextGenerator(model);
        var text = new Continuation(model);
        text.Append(0);
        using var stop = new CancellationTokenSource();
        string said = "";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in generator.Stream(text, Greedy, stop.Token))
            {
                said += piece;
                if (said.Length == 2) await stop.CancelAsync();
            }
        });
        Assert.Equal("12", said);
        Assert.Equal([0, 1, 2], text.Window);
        await foreach (string piece in generator.Stream(text, Greedy with { Tokens = 2 }, TestContext.Current.CancellationToken)) said += piece;
        Assert.Equal("1234", said);
    }

    [Fact]
    public async Task What_cannot_be_is_told_plainly()
    {
        var plain = new TextGenerator(new(new Scripted(2, 1), null, 4, null));
        var wordy = new TextGenerator(new(new Scripted(2, 1), TableTokenizer.Of(null, null, "a", "b"), 4, null));
        Assert.Equal("generate: a text needs a tokenizer, but the model has none. Hint: name one, or work with ids.", Assert.Throws<ArgumentException>(() => plain.Stream("a", cancellation: TestContext.Current.CancellationToken)).Message);
        Assert.Equal("generate: a text must begin with a token, but there is none, and the model has no token that texts begin with. Hint: give a prompt.", Assert.Throws<ArgumentException>(() => plain.Ids([]).First()).Message);
        Assert.Equal("generate: a text to stop at must have a character at least, but one is empty.", Assert.Throws<ArgumentException>(() => wordy.Stream("a", new() { Stop = [""] }, TestContext.Current.CancellationToken)).Message);
        Assert.Equal("generate: the number of tokens must be at least 0, but it is -1.", Assert.Throws<ArgumentOutOfRangeException>(() => plain.Ids([0], new() { Tokens = -1 })).Message);
        Assert.Equal("sampling: the temperature must be a number of at least 0, but it is NaN.", Assert.Throws<ArgumentOutOfRangeException>(() => plain.Ids([0], new() { Sampling = new() { Temperature = double.NaN } })).Message);
        Assert.Equal("generate: the context must be at least 1 token, but it is 0.", Assert.Throws<ArgumentException>(() => new Continuation(new(new Scripted(2, 1), null, 0, null))).Message);
        Assert.Equal(["b"], await Pieces(wordy, "a", Greedy with { Tokens = 1 }));
    }
}
