using System.Text;
using System.Text.Json;
using Adjoint.Language;
using Adjoint.Language.Tokenizing;
using Adjoint.Tests.Formats;
using CsCheck;
using Xunit;
using Peer = Microsoft.ML.Tokenizers;

namespace Adjoint.Tests.Language;

/// <summary>Byte pair encodings: against another program, from and to files, and as their formats say.</summary>
public class BytePairTokenizerTests
{
    static readonly BytePairTokenizer Trained = Texts.Train(Texts.Training, 400);

    [Fact]
    public void Ids_are_those_of_another_program()
    {
        using TemporaryFolder folder = new();
        Trained.SaveVocabulary(folder.Path);
        Peer.BpeTokenizer peer = Peer.BpeTokenizer.Create(new Peer.BpeOptions(folder.File("vocab.json"), folder.File("merges.txt"))
        {
            ByteLevel = true, PreTokenizer = new Peer.RegexPreTokenizer(new(TextSplitter.Gpt2), null),
        });
        // It looks at halves of characters beyond 16 bits.
        Texts.Any.Where(t => !t.Any(char.IsSurrogate)).Sample(text => Assert.Equal(peer.EncodeToIds(text), Trained.Encode(text)), threads: 1);
    }

    [Fact]
    public void It_is_saved_and_read_again_in_both_ways()
    {
        using TemporaryFolder folder = new();
        Trained.Save(folder.File("tokenizer.json"));
        Trained.SaveVocabulary(folder.File("gpt2"));
        foreach (string path in (string[])[folder.File("tokenizer.json"), folder.File("gpt2"), folder.File("gpt2/vocab.json")])
        {
            BytePairTokenizer again = Assert.IsType<BytePairTokenizer>(Tokenizer.Load(path));
            Assert.Equal((400, 399, 399), (again.Vocabulary, again.Bos, again.Eos));
            for (int id = 0; id < 400; id++) Assert.Equal(Trained.Bytes(id).ToArray(), again.Bytes(id).ToArray());
            Texts.Any.Sample(text => Assert.Equal(Trained.Encode(text), again.Encode(text)), threads: 1);
            again.Save(folder.File("again.json"));
            Assert.Equal(File.ReadAllBytes(folder.File("tokenizer.json")), File.ReadAllBytes(folder.File("again.json")));
        }
    }

    [Fact]
    public void Llama_2_sees_a_space_first_and_falls_back_to_bytes()
    {
        Tokenizer llama = LlamaJson.Load();
        Assert.Equal((272, 1, 2), (llama.Vocabulary, llama.Bos, llama.Eos));
        int Id(string token) => JsonDocument.Parse(LlamaJson.Text).RootElement.GetProperty("model").GetProperty("vocab").GetProperty(token).GetInt32();
        Assert.Equal([Id("▁hello"), Id("▁a")], llama.Encode("hello a"));
        Assert.Equal([Id("▁a"), Id("<0x62>"), .. Encoding.UTF8.GetBytes("中").Select(b => b + 3)], llama.Encode("ab中"));
        Assert.Equal("hello a", llama.Decode([1, .. llama.Encode("hello a"), 2]));
        Assert.Equal(" hello", llama.Decode(llama.Encode(" hello")));
        Assert.Equal([Id("▁▁"), Id("hello")], llama.Encode(" hello"));
    }

    [Fact]
    public void Added_tokens_that_are_text_are_found_in_it_and_special_ones_are_not()
    {
        string json = LlamaJson.Split().Replace("\"added_tokens\": [", """
            "added_tokens": [{ "id": 330, "content": "<tool>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false },
            """, StringComparison.Ordinal);
        Tokenizer tokenizer = LlamaJson.Load(json);
        Assert.Equal(331, tokenizer.Vocabulary);
        IReadOnlyList<int> ids = tokenizer.Encode("a<tool>b<|endoftext|>");
        Assert.Equal([.. tokenizer.Encode("a"), 330, .. tokenizer.Encode("b<|endoftext|>")], ids);
        Assert.Equal("a<tool>b<|endoftext|>", tokenizer.Decode(ids));
        Assert.Equal("ab", tokenizer.Decode([.. tokenizer.Encode("ab"), tokenizer.Eos!.Value]));
    }

    [Fact]
    public void Merges_may_be_pairs_or_lines_and_a_whole_token_may_come_first()
    {
        const string vocabulary = """
            {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "model": {"type": "BPE", "ignore_merges": WHOLE, "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5}, "merges": MERGES}}
            """;
        IReadOnlyList<int> Ids(string whole, string merges) => LlamaJson.Load(vocabulary.Replace("WHOLE", whole, StringComparison.Ordinal).Replace("MERGES", merges, StringComparison.Ordinal)).Encode("abc");
        Assert.Equal([0, 4], Ids("false", """["b c", "a b"]"""));
        Assert.Equal([3, 2], Ids("false", """[["a", "b"], ["b", "c"]]"""));
        Assert.Equal([5], Ids("true", """["b c"]"""));
        Assert.Equal([5], Ids("false", """["b c", "a bc"]"""));
    }

    [Fact]
    public void A_tokenizer_may_say_elsewhere_how_texts_begin_and_end()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("tokenizer.json"), LlamaJson.Text);
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"bos_token": {"content": "</s>"}, "eos_token": "<unk>"}""");
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal((2, 0), (tokenizer.Bos, tokenizer.Eos));
    }

    [Fact]
    public void Tiktoken_joins_lower_ids_first()
    {
        using TemporaryFolder folder = new();
        IEnumerable<string> lines = Enumerable.Range(0, Trained.Vocabulary - 1).Select(id => $"{Convert.ToBase64String(Trained.Bytes(id).Span)} {id}");
        File.WriteAllLines(folder.File("own.tiktoken"), lines);
        File.WriteAllLines(folder.File("r50k_base.tiktoken"), lines);
        BytePairTokenizer tokenizer = BytePairTokenizer.LoadTiktoken(folder.File("own.tiktoken"), TextSplitter.Gpt2);
        Peer.TiktokenTokenizer peer = Peer.TiktokenTokenizer.Create(folder.File("own.tiktoken"), new Peer.RegexPreTokenizer(new(TextSplitter.Gpt2), null), null);
        Texts.Any.Where(t => !t.Any(char.IsSurrogate)).Sample(text => Assert.Equal(peer.EncodeToIds(text), tokenizer.Encode(text)), threads: 1);
        Texts.Any.Sample(text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))), threads: 1);
        Assert.Equal(tokenizer.Encode(Texts.Training), Tokenizer.Load(folder.File("r50k_base.tiktoken")).Encode(Texts.Training));
        Assert.Equal(
            "tokenizer: the name of a tiktoken file says how texts are cut, and r50k_base, p50k_base, cl100k_base, o200k_base are known, but it is 'own'. Hint: BytePairTokenizer.LoadTiktoken takes the pattern.",
            Assert.Throws<FormatException>(() => Tokenizer.Load(folder.File("own.tiktoken"))).Message);
        Assert.Equal("tokenizer: a file of merges needs them, but a tokenizer read from a tiktoken file has none.", Assert.Throws<InvalidOperationException>(() => tokenizer.Save(folder.File("x.json"))).Message);
        Assert.StartsWith("tokenizer: a pattern must be a regular expression, but '(' is not: ", Assert.Throws<FormatException>(() => BytePairTokenizer.LoadTiktoken(folder.File("own.tiktoken"), "(")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_that_nothing_stands_for_is_refused() => Assert.Equal(
        "tokenizer: a text must consist of tokens, but none stands for U+0064.",
        Assert.Throws<ArgumentException>(() => LlamaJson.Load("""{"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "model": {"vocab": {"a": 0}, "merges": []}}""").Encode("ad")).Message);

    [Fact]
    public void What_GPT2s_files_have_no_place_for_is_not_written()
    {
        using TemporaryFolder folder = new();
        BytePairTokenizer other = Assert.IsType<BytePairTokenizer>(LlamaJson.LoadSplit());
        Assert.Equal(
            "tokenizer: vocab.json and merges.txt hold a tokenizer like GPT-2's, but this one cuts texts otherwise. Hint: Save writes a tokenizer.json.",
            Assert.Throws<InvalidOperationException>(() => other.SaveVocabulary(folder.Path)).Message);
    }

    [Fact]
    public void A_model_keeps_its_tokenizer()
    {
        using TemporaryFolder folder = new();
        BytePairTokenizer tokenizer = Texts.Train(Texts.Training, 260);
        Adjoint.Models.Gpt model = new(Folders.GptSettings with { Vocabulary = 260 }, new Generator(1));
        new PretrainedModel(model, tokenizer, 8, tokenizer.Bos).Save(folder.File("m"));
        PretrainedModel again = PretrainedModel.Load(folder.File("m"));
        Assert.Equal(tokenizer.Encode(Texts.Training), again.Tokenizer!.Encode(Texts.Training));
        Assert.Equal((259, 259), (again.Bos, again.Tokenizer.Eos));
        Texts.Train(Texts.Training, 261).Save(folder.File("larger.json"));
        Assert.Equal(
            $"pretrained: the model must have every token of the tokenizer, but '{folder.File("m")}' has 260 of them and the tokenizer 261.",
            Assert.Throws<FormatException>(() => PretrainedModel.Load(folder.File("m"), folder.File("larger.json"))).Message);
    }
}
