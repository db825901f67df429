using System.Text;
using System.Text.Json;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>A thousand damages to each kind of file: a sentence, or a model or tokenizer that does what the file says; and no more memory than the file is worth.</summary>
[Collection(Alone.Name)]
public class DamagedFileTests
{
    const int Count = 1000;
    const string Text = "Once upon a time, hello a! 中 \0";

    [Fact]
    public void A_model_of_llama2c()
    {
        using TemporaryFolder folder = new();
        LlamaSettings settings = new() { Vocabulary = 9, Context = 4, Width = 8, Layers = 2, Heads = 2, FeedForward = 4 };
        new PretrainedModel(new Llama(settings, new Generator(1)), null, 4, 1).Save(folder.File("m.bin"));
        Mutate(
            File.ReadAllBytes(folder.File("m.bin")),
            bytes =>
            {
                PretrainedModel.Load(folder.Write("m.bin", bytes)).Save(folder.File("again.bin"));
                Assert.Equal(bytes, File.ReadAllBytes(folder.File("again.bin")));
            },
            // Every second damage is to the sizes.
            (valid, random) => random.NextInteger(2) == 0 ? Mutations.Damage(valid, random) : [.. Mutations.Damage(valid[..28], random), .. valid[28..]]);
    }

    [Fact]
    public void A_tokenizer_of_llama2c() => Tokenizers(File.ReadAllBytes(Llama2CTests.Tok512), "t.bin");

    [Fact]
    public void A_tokenizer_of_bytes() => Tokenizers(Encoding.UTF8.GetBytes(LlamaJson.Split()), "tokenizer.json");

    [Fact]
    public void A_tokenizer_of_characters() => Tokenizers(Encoding.UTF8.GetBytes(LlamaJson.Text), "tokenizer.json");

    [Fact]
    public void A_vocabulary_of_single_characters()
    {
        using TemporaryFolder folder = new();
        CharacterTokenizer.Of(Text).Save(folder.File("tokenizer.json"));
        Tokenizers(File.ReadAllBytes(folder.File("tokenizer.json")), "tokenizer.json");
    }

    [Theory, InlineData("vocab.json"), InlineData("merges.txt")]
    public void The_files_of_GPT2(string damaged)
    {
        using TemporaryFolder folder = new();
        Texts.Train(Texts.Training, 330).SaveVocabulary(folder.Path);
        Mutate(File.ReadAllBytes(folder.File(damaged)), bytes =>
        {
            folder.Write(damaged, bytes);
            RoundTrip(Tokenizer.Load(folder.File("vocab.json")));
        });
    }

    [Fact]
    public void A_file_of_tiktoken()
    {
        BytePairTokenizer tokenizer = Texts.Train(Texts.Training, 330);
        string lines = string.Concat(Enumerable.Range(0, 329).Select(id => $"{Convert.ToBase64String(tokenizer.Bytes(id).Span)} {id}\n"));
        Tokenizers(Encoding.ASCII.GetBytes(lines), "r50k_base.tiktoken");
    }

    [Theory]
    [InlineData("gpt", "config.json")]
    [InlineData("llama scaled", "config.json")]
    [InlineData("gpt", "model.safetensors")]
    [InlineData("llama", "model.safetensors.index.json")]
    public void A_folder(string kind, string damaged)
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, kind), file = Path.Combine(path, damaged);
        if (damaged.EndsWith("index.json", StringComparison.Ordinal))
        {
            string weights = Path.Combine(path, "model.safetensors");
            string[] names = [];
            Folders.Change(path, all =>
            {
                names = [.. all.Keys];
                return all;
            });
            File.Move(weights, Path.Combine(path, "part.safetensors"));
            File.WriteAllText(file, JsonSerializer.Serialize(new { weight_map = names.ToDictionary(n => n, _ => "part.safetensors") }));
        }

        long count = Folders.Make(kind).ParameterCount;
        Mutate(
            File.ReadAllBytes(file),
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                Assert.Equal(count, PretrainedModel.Load(path).Model.ParameterCount);
            },
            (valid, random) => damaged == "model.safetensors" && random.NextInteger(2) == 0 ? [.. Mutations.Damage(valid[..1500], random), .. valid[1500..]] : Mutations.Damage(valid, random));
    }

    static void Tokenizers(byte[] valid, string name)
    {
        using TemporaryFolder folder = new();
        Mutate(valid, bytes => RoundTrip(Tokenizer.Load(folder.Write(name, bytes))));
    }

    static void RoundTrip(Tokenizer tokenizer)
    {
        string decoded;
        try
        {
            decoded = tokenizer.Decode(tokenizer.Encode(Text));
        }
        catch (ArgumentException e) when (e.GetType() == typeof(ArgumentException))
        {
            Assert.StartsWith("tokenizer: a text must consist of tokens, but none stands for ", e.Message, StringComparison.Ordinal);
            return;
        }

        // A flag that became unreadable may mean a space before the text.
        Assert.Contains(decoded, (string[])[Text, $" {Text}"]);
    }

    /// <summary>Sentences begin with the part of the library that refuses: any of these.</summary>
    static void Mutate(byte[] valid, Action<byte[]> check, Func<byte[], Generator, byte[]>? damage = null)
    {
        // Kernels are made when they are first used, which takes memory once.
        check(valid);
        Mutations.Each(valid, Count, "file", Named, damage);

        void Named(byte[] bytes)
        {
            try
            {
                check(bytes);
            }
            catch (FormatException e) when (e.Message.Split(':')[0] is "llama2.c" or "tokenizer" or "json" or "pretrained" or "safetensors")
            {
                throw new FormatException($"file: {e.Message}", e);
            }
        }
    }
}
