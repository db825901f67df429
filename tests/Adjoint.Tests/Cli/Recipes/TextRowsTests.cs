using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Language;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>A text as tokens, and its rows.</summary>
[Collection(Alone.Name)]
public sealed class TextRowsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static TokenSequence Counted(int length, int vocabulary = 60_000)
    {
        var tokens = new TokenSequence(length, vocabulary);
        for (int i = 0; i < length; i++) tokens[i] = i;
        return tokens;
    }

    TextTokens Read(string text, TextData data, string? tokenizer = null) => TextTokens.Read(_folder.Write("text.txt", System.Text.Encoding.UTF8.GetBytes(text)), data, tokenizer, TestContext.Current.CancellationToken);

    static long[] All(TokenSequence tokens)
    {
        long[] all = new long[tokens.Length];
        tokens.CopyTo(0, all);
        return all;
    }

    [Theory]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public void A_token_comes_back_whatever_its_size(int vocabulary)
    {
        var tokens = new TokenSequence(3, vocabulary);
        (tokens[0], tokens[2]) = (vocabulary - 1, 7);
        Assert.Equal([vocabulary - 1, 0, 7], All(tokens));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(17)]
    public void Every_token_of_a_part_but_its_first_is_predicted_once(int to)
    {
        var rows = new TextRows(Counted(20), 3, to, context: 4, stride: 4) { TakesRest = true };
        long[] asked = [.. Enumerable.Range(0, (int)rows.Count).SelectMany(r => rows.Fetch([r]).Targets.ToArray<long>()).Where(t => t >= 0)];
        Assert.Equal(Enumerable.Range(4, to - 4).Select(t => (long)t), asked);
        Batch last = rows.Fetch([rows.Count - 1]);
        Assert.Equal(Enumerable.Range(to - 5, 4).Select(t => (long)t), last.Inputs.ToArray<long>());
    }

    [Fact]
    public void Rows_at_every_position_cost_no_memory()
    {
        TokenSequence tokens = Counted(50_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var rows = new TextRows(tokens, 0, 45_000, context: 64, stride: 1);
        Assert.Equal(45_000 - 64, rows.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
        Batch batch = rows.Fetch([0, 44_935]);
        Assert.Equal((0, 44_935, 44_999), (batch.Inputs.ToArray<long>()[0], batch.Inputs.ToArray<long>()[64], batch.Targets.ToArray<long>()[^1]));
        Assert.StartsWith("text: rows must be from 0 to 44935, but one is 44936.", Assert.Throws<ArgumentOutOfRangeException>(() => rows.Fetch([44_936])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_large_text_takes_three_bytes_a_character(bool bytes)
    {
        TokenKind kind = bytes ? TokenKind.Bytes : TokenKind.Characters;
        string path = _folder.Write("large.txt", [.. Enumerable.Range(0, 4_000_000).Select(i => (byte)('a' + (i % 26)))]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TextTokens text = TextTokens.Read(path, new() { Tokens = kind }, null, TestContext.Current.CancellationToken);
        // The file, two bytes a token, and the table of all characters that there are.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (3 * 4_000_000) + (4 * 0x110000) + 100_000);
        Assert.Equal((4_000_000, 3_600_000), (text.All.Length, text.Trained));
    }

    [Fact]
    public void Characters_are_numbered_in_their_order()
    {
        TextTokens text = Read("größe🐈 größe🐈", new() { Validation = 0.5 });
        Assert.Equal((" egrßö🐈", 7), (text.Characters, text.Vocabulary));
        Assert.Equal([2, 3, 5, 4, 1, 6, 0, 2, 3, 5, 4, 1, 6], All(text.All));
        Assert.Equal((6, 13), (text.Trained, text.Validated));
    }

    [Fact]
    public void Byte_pairs_are_learned_from_the_first_part_alone_and_no_token_lies_in_two_parts()
    {
        string first = string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 30)), second = string.Concat(Enumerable.Repeat("größe größe", 20));
        // Half a byte short of the second part, so that rounding down meets its beginning.
        double share = (System.Text.Encoding.UTF8.GetByteCount(second) - 0.5) / System.Text.Encoding.UTF8.GetByteCount(first + second);
        var data = new TextData { Tokens = TokenKind.BytePairs, Vocabulary = 270, Validation = share };
        TextTokens text = Read(first + second, data);
        BytePairTokenizer learned = BpeTraining.Train(first, 270, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((TextTokens.DigestOf(learned), learned.Vocabulary), (text.Digest, text.Vocabulary));
        Assert.Equal([.. learned.Encode(first), .. learned.Encode(second)], All(text.All).Select(t => (int)t));
        Assert.Equal(learned.Encode(first).Count, text.Trained);
        Assert.NotEqual(text.Digest, TextTokens.DigestOf(BpeTraining.Train(first, 260, cancellation: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_part_begins_with_a_whole_character()
    {
        string text = string.Concat(Enumerable.Repeat("🐈", 40));
        for (int i = 1; i < 8; i++)
        {
            TextTokens read = Read(text, new() { Tokens = TokenKind.BytePairs, Vocabulary = 300, Validation = i / 20.0 });
            long[] all = All(read.All);
            Assert.Equal(text, read.Tokenizer!.Decode(all[..read.Trained].Select(t => (int)t)) + read.Tokenizer.Decode(all[read.Trained..].Select(t => (int)t)));
        }
    }

    [Fact]
    public void A_tokenizer_that_a_run_could_not_keep_is_refused()
    {
        string path = _folder.Write("x.tiktoken", [.. string.Concat(Enumerable.Range(0, 256).Select(i => $"{Convert.ToBase64String([(byte)i])} {i}\n")).Select(c => (byte)c)]);
        var error = Assert.ThrowsAny<Exception>(() => Read("text", new() { Tokens = TokenKind.BytePairs, Tokenizer = path }, path));
        Assert.IsType<FormatException>(error);
        CharacterTokenizer.Of("text").Save(_folder.File("tokenizer.json"));
        error = Assert.ThrowsAny<Exception>(() => Read("text", new() { Tokens = TokenKind.BytePairs }, _folder.File("tokenizer.json")));
        Assert.Equal($"data: a tokenizer of byte pairs must be a tokenizer.json, or a vocab.json with merges.txt beside it, but '{_folder.File("tokenizer.json")}' is another.", error.Message);
    }
}
