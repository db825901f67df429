using System.Text;
using Adjoint.Language;
using Adjoint.Language.Tokenizing;
using CsCheck;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Learning a byte pair encoding, against the algorithm written plainly.</summary>
public class BpeTrainingTests
{
    [Fact]
    public void The_most_frequent_pair_is_joined_first()
    {
        // "es" and "st" occur nine times each, and e comes before s. Then "lo", which comes before "ow" and " l" of the same count.
        string text = string.Concat([.. Enumerable.Repeat(" low", 5), .. Enumerable.Repeat(" lower", 2), .. Enumerable.Repeat(" newest", 6), .. Enumerable.Repeat(" widest", 3)]);
        BytePairTokenizer tokenizer = Texts.Train(text, 262);
        Assert.Equal(["es", "est", "lo", " lo", " low"], Enumerable.Range(256, 5).Select(id => tokenizer.Decode([id])));
    }

    [Fact]
    public void Merges_are_those_of_the_plain_algorithm() =>
        Gen.String[Gen.Char["aab bc d'\n1é"], 0, 120].Sample(text =>
        {
            BytePairTokenizer tokenizer = Texts.Train(text, 280);
            List<byte[]> plain = Plain(text, 280);
            Assert.Equal(plain.Count + 1, tokenizer.Vocabulary);
            for (int id = 0; id < plain.Count; id++) Assert.Equal(plain[id], tokenizer.Bytes(id).ToArray());
        }, threads: 1);

    [Fact]
    public void What_is_learned_is_used_and_progress_is_told()
    {
        Told told = new();
        BytePairTokenizer tokenizer = Texts.Train(Texts.Training, 300, progress: told);
        Assert.Equal(Enumerable.Range(258, 43), told.Numbers);
        Assert.Equal((300, 299), (tokenizer.Vocabulary, tokenizer.Eos));
        Assert.True(tokenizer.Encode(Texts.Training).Count < Encoding.UTF8.GetByteCount(Texts.Training) * 3 / 4);
    }

    [Fact]
    public void A_text_without_repetitions_gives_fewer_tokens()
    {
        Assert.Equal(257, Texts.Train("abc", 1000).Vocabulary);
        Assert.Equal(257, Texts.Train("", 1000).Vocabulary);
    }

    [Fact]
    public void A_million_times_one_character_is_learned()
    {
        BytePairTokenizer tokenizer = Texts.Train(new('a', 1_000_000), 270);
        Assert.Equal(Enumerable.Range(1, 13).Select(i => 1 << i), Enumerable.Range(256, 13).Select(id => tokenizer.Bytes(id).Length));
    }

    [Fact]
    public void A_training_can_be_stopped()
    {
        using CancellationTokenSource stop = new();
        Told told = new() { Then = n => { if (n == 270) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => BpeTraining.Train(Texts.Training, 400, progress: told, cancellation: stop.Token));
        Assert.Equal(270, told.Numbers[^1]);
    }

    [Fact]
    public void Misuse_is_told_in_a_sentence()
    {
        Assert.Equal(
            "tokenizer: a vocabulary needs 257 tokens for bytes and the end of a text, but it has 256. (Parameter 'vocabulary')",
            Assert.Throws<ArgumentOutOfRangeException>(() => Texts.Train("a", 256)).Message);
        Assert.StartsWith("tokenizer: a pattern must be a regular expression, but '[' is not: ", Assert.Throws<FormatException>(() => Texts.Train("a", 300, "[")).Message, StringComparison.Ordinal);
        Assert.Equal("tokenizer: text must be valid Unicode, but character 0 is half of a surrogate pair, U+DC00.", Assert.Throws<ArgumentException>(() => Texts.Train("\udc00", 300)).Message);
    }

    /// <summary>Count all pairs of all pieces, join the most frequent, begin again.</summary>
    static List<byte[]> Plain(string text, int vocabulary)
    {
        List<byte[]> tokens = [.. ByteAlphabet.Bytes.Select(b => new[] { b })];
        List<List<int>> pieces = [.. new TextSplitter(TextSplitter.Gpt2).Split(text).Select(p => Encoding.UTF8.GetBytes(p).Select(b => tokens.FindIndex(t => t[0] == b)).ToList())];
        while (tokens.Count < vocabulary - 1)
        {
            var best = pieces.SelectMany(p => p.Zip(p.Skip(1))).CountBy(p => p).OrderByDescending(p => p.Value).ThenBy(p => p.Key).FirstOrDefault();
            if (best.Value < 2) break;
            foreach (List<int> piece in pieces)
            {
                for (int i = 0; i + 1 < piece.Count; i++)
                {
                    if ((piece[i], piece[i + 1]) != best.Key) continue;
                    piece[i] = tokens.Count;
                    piece.RemoveAt(i + 1);
                }
            }

            tokens.Add([.. tokens[best.Key.First], .. tokens[best.Key.Second]]);
        }

        return tokens;
    }

    sealed class Told : IProgress<int>
    {
        public List<int> Numbers { get; } = [];

        public Action<int> Then { get; init; } = _ => { };

        public void Report(int value)
        {
            Numbers.Add(value);
            Then(value);
        }
    }
}
