using System.Globalization;
using Adjoint.Language;
using Adjoint.Language.Tokenizing;
using Adjoint.Tests.Formats;
using CsCheck;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>What every tokenizer does: a text comes back as it was, whatever it holds.</summary>
public class TokenizerTests
{
    static readonly BytePairTokenizer Trained = Texts.Train(Texts.Training, 400);
    static readonly Dictionary<string, Tokenizer> All = new()
    {
        ["bytes"] = new ByteTokenizer(), ["trained"] = Trained, ["llama2.c"] = Tokenizer.Load(Llama2CTests.Tok512), ["llama"] = LlamaJson.Load(), ["llama 3"] = LlamaJson.LoadSplit(),
    };

    public static TheoryData<string> Kinds => [.. All.Keys];

    [Theory, MemberData(nameof(Kinds))]
    public void A_text_comes_back_as_it_was(string kind)
    {
        Tokenizer tokenizer = All[kind];
        Texts.Any.Sample(text =>
        {
            IReadOnlyList<int> ids = tokenizer.Encode(text);
            Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.Vocabulary - 1));
            // A tokenizer that writes spaces as ▁ takes that character for one.
            Assert.Equal(text, tokenizer.Decode(ids));
            Assert.DoesNotContain(tokenizer.Eos ?? -1, ids);
        }, threads: 1);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Half_a_surrogate_pair_is_refused(string kind)
    {
        foreach (string half in (string[])["ab\ud800", "ab\udc00x", "ab\ud800\ud800\udc00"])
        {
            Assert.Equal(
                $"tokenizer: text must be valid Unicode, but character 2 is half of a surrogate pair, U+{(int)half[2]:X4}.",
                Assert.Throws<ArgumentException>(() => All[kind].Encode(half)).Message);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_million_times_one_character_is_encoded(string kind)
    {
        foreach (char c in (char[])['a', ' ', 'é', '\0'])
        {
            string text = new(c, 1_000_000);
            IReadOnlyList<int> ids = All[kind].Encode(text);
            Assert.True(text == All[kind].Decode(ids));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void An_id_that_is_no_token_is_refused(string kind)
    {
        int count = All[kind].Vocabulary;
        foreach (int id in (int[])[-1, count])
        {
            string sentence = $"tokenizer: ids must be from 0 to {count - 1}, but one is {id}. (Parameter 'id')";
            Assert.Equal(sentence, Assert.Throws<ArgumentOutOfRangeException>(() => All[kind].Bytes(id)).Message);
            Assert.Equal(sentence, Assert.Throws<ArgumentOutOfRangeException>(() => All[kind].Decode([id])).Message);
        }
    }

    [Fact]
    public void Bytes_are_their_own_ids() => Assert.Equal([0xC3, 0xA9, 0x21], new ByteTokenizer().Encode("é!"));

    [Fact]
    public void Characters_are_numbered_in_their_order()
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.Of("hello 😀\n");
        Assert.Equal(["\n", " ", "e", "h", "l", "o", "😀"], tokenizer.Characters.Select(c => c.ToString()));
        Assert.Equal([3, 2, 4, 4, 5, 6], tokenizer.Encode("hello😀"));
        Assert.Equal("hello😀", tokenizer.Decode([3, 2, 4, 4, 5, 6]));
        Assert.Equal("tokenizer: a text must consist of tokens, but none stands for U+0078.", Assert.Throws<ArgumentException>(() => tokenizer.Encode("x")).Message);
        Assert.Equal("tokenizer: a vocabulary needs characters, but the text is empty.", Assert.Throws<ArgumentException>(() => CharacterTokenizer.Of("")).Message);
    }

    [Fact]
    public void Characters_are_saved_and_read_again()
    {
        using TemporaryFolder folder = new();
        CharacterTokenizer tokenizer = CharacterTokenizer.Of("hello\0 \"\\\u2028😀\n");
        tokenizer.Save(folder.File("tokenizer.json"));
        Assert.Equal(tokenizer.Characters, Assert.IsType<CharacterTokenizer>(Tokenizer.Load(folder.Path)).Characters);
    }

    [Fact]
    public void Stand_ins_are_of_the_category_that_they_stand_for() =>
        Assert.All(Enum.GetValues<UnicodeCategory>(), c => Assert.Equal(c, CharUnicodeInfo.GetUnicodeCategory(TextSplitter.StandIn(c))));

    [Theory]
    [InlineData("𐐀𐐨b 𝟙𝟚", new[] { "𐐀𐐨b", " 𝟙𝟚" })]
    [InlineData("it's 12345 ok?! \n x", new[] { "it", "'s", " 12345", " ok", "?!", " \n", " x" })]
    [InlineData("   a", new[] { "  ", " a" })]
    public void Texts_are_cut_as_by_GPT2(string text, string[] pieces) => Assert.Equal(pieces, new TextSplitter(TextSplitter.Gpt2).Split(text));

    [Fact]
    public void A_character_beyond_16_bits_may_lead_a_word() =>
        Assert.Equal(["😀abc", "123", "4"], new TextSplitter(TextSplitter.Cl100k).Split("😀abc1234"));

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("tokenizer.model", [1]);
        Assert.Equal($"tokenizer: files end in .json, .tiktoken or .bin, but '{path}' does not.", Assert.Throws<FormatException>(() => Tokenizer.Load(path)).Message);
        Assert.Equal($"tokenizer: a folder has tokenizer.json, or vocab.json and merges.txt, but '{folder.Path}' has neither.", Assert.Throws<FormatException>(() => Tokenizer.Load(folder.Path)).Message);
    }
}
