using System.Buffers.Binary;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Repository;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Models of llama2.c: a trained one says what llama2.c says, and is written back byte for byte.</summary>
[Collection(Alone.Name)]
public class Llama2CTests
{
    internal static string Stories => Command.Find("tests/Adjoint.Tests/Golden/stories260K.bin");

    internal static string Tok512 => Command.Find("tests/Adjoint.Tests/Golden/tok512.bin");

    [Theory, InlineData(DType.F32), InlineData(DType.F64)]
    public void The_trained_model_begins_its_story_as_in_llama2c(DType dtype)
    {
        PretrainedModel stories = PretrainedModel.Load(Stories, Tok512, dtype);
        Assert.Equal((512, 1), (stories.Context, stories.Bos));
        Assert.Equal(260_032, stories.Model.ParameterCount);
        Assert.All(stories.Model.Parameters(), p => Assert.Equal(dtype, p.DType));
        List<int> ids = Greedy(stories, 12);
        Assert.Equal([1, 403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421], ids);
        Assert.Equal("Once upon a time, there was a little girl named Lily", stories.Tokenizer!.Decode(Greedy(stories, 15))[..52]);
    }

    [Fact]
    public void The_tokenizer_beside_a_model_is_found()
    {
        Assert.Equal(512, PretrainedModel.Load(Stories).Tokenizer!.Vocabulary);
        using TemporaryFolder folder = new();
        File.Copy(Stories, folder.File("model.bin"));
        Assert.Null(PretrainedModel.Load(folder.File("model.bin")).Tokenizer);
        File.Copy(Tok512, folder.File("tokenizer.bin"));
        Assert.NotNull(PretrainedModel.Load(folder.File("model.bin")).Tokenizer);
    }

    [Fact]
    public void What_was_read_is_written_back_byte_for_byte()
    {
        using TemporaryFolder folder = new();
        PretrainedModel.Load(Stories).Save(folder.File("again.bin"));
        Assert.Equal(File.ReadAllBytes(Stories), File.ReadAllBytes(folder.File("again.bin")));
    }

    [Theory]
    [InlineData(true, RopePairs.Adjacent)]
    [InlineData(false, RopePairs.Adjacent)]
    [InlineData(false, RopePairs.Halves)]
    public void A_model_of_ones_own_scores_the_same_when_it_is_read_again(bool tied, RopePairs pairs)
    {
        using TemporaryFolder folder = new();
        Llama model = new(new() { Vocabulary = 300, Context = 16, Width = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 20, TiedHead = tied, Rope = new() { Pairs = pairs } }, new Generator(3));
        new PretrainedModel(model, null, 16, 1).Save(folder.File("m.bin"));
        PretrainedModel again = PretrainedModel.Load(folder.File("m.bin"));
        Tensor ids = new Generator(4).Integers([2, 16], 0, 300);
        Assert.Equal(model.Call(ids).ToArray<float>(), again.Model.Call(ids).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal(model.Settings with { Rope = new() }, ((Llama)again.Model).Settings);
    }

    public static TheoryData<byte[], string> Broken
    {
        get
        {
            byte[] valid = [.. new[] { 64, 172, 5, 8, 4, 512, 512 }.SelectMany(BitConverter.GetBytes)];
            byte[] odd = [.. valid];
            BinaryPrimitives.WriteInt32LittleEndian(odd.AsSpan(12), 7);
            byte[] huge = [.. Enumerable.Repeat(BitConverter.GetBytes(1 << 30), 7).SelectMany(b => b)];
            BinaryPrimitives.WriteInt32LittleEndian(huge.AsSpan(12), 2);
            BinaryPrimitives.WriteInt32LittleEndian(huge.AsSpan(16), 1);
            return new()
            {
                { [1, 2, 3], "llama2.c: a file begins with 28 bytes of sizes, but FILE has 3 bytes." },
                { valid, "llama2.c: a file must be as long as its sizes say, but FILE has 28 bytes and its sizes make 1056540." },
                { odd, "llama2.c: the sizes of a model must fit together, but those of FILE do not: llama: Width must be a multiple of Heads, but they are 64 and 7." },
                { [.. "PK"u8, .. valid], "pretrained: weights are read from safetensors and llama2.c's files, but FILE is one of PyTorch, which can hold any program. Hint: convert it to safetensors where it was made." },
                { [.. "24ka"u8, 1, 0, 0, 0, .. valid], "llama2.c: files of version 0 are read, but FILE is of version 1. Hint: export it with --version 0." },
                { huge, "llama2.c: a file must be as long as its sizes say, but FILE has 28 bytes and its sizes make 29710560958990027666369806364." },
            };
        }
    }

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_is_refused(byte[] bytes, string sentence)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("m.bin", bytes);
        Assert.Equal(sentence.Replace("FILE", $"'{path}'", StringComparison.Ordinal), Assert.Throws<FormatException>(() => PretrainedModel.Load(path)).Message);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        using TemporaryFolder folder = new();
        LlamaSettings settings = new() { Vocabulary = 8, Context = 4, Width = 4, Layers = 1, Heads = 2, FeedForward = 4 };
        void Save(Adjoint.Nn.Layer model) => new PretrainedModel(model, null, 4, null).Save(folder.File("m.bin"));
        Assert.Equal(
            "llama2.c: a file holds a Llama, but the model is a Gpt.",
            Assert.Throws<ArgumentException>(() => Save(new Gpt(new() { Vocabulary = 8, Context = 4, Width = 4, Layers = 1, Heads = 2 }, new Generator(1)))).Message);
        Assert.Equal(
            "llama2.c: programs take the rotary base for 10000 without scaling and ε for 1E-05, but the model has RopeSettings { Theta = 500000, Pairs = Adjacent, Scaling =  } and 1E-05. Hint: save it as a folder.",
            Assert.Throws<ArgumentException>(() => Save(new Llama(settings with { Rope = new() { Theta = 500_000 } }, new Generator(1)))).Message);
        Assert.Equal(
            "llama2.c: in its programs tokens see the whole context, but the model has a window of 3. Hint: save it as a folder.",
            Assert.Throws<ArgumentException>(() => Save(new Llama(settings with { Window = 3 }, new Generator(1)))).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_refused()
    {
        using TemporaryFolder folder = new();
        byte[] tokenizer = File.ReadAllBytes(Tok512);
        string path = folder.Write("tok.bin", [.. tokenizer, .. new byte[4], 1, 0, 0, 0, (byte)'?']);
        Assert.Equal(
            $"pretrained: model and tokenizer must have the same tokens, but '{Stories}' has 512 of them and the tokenizer 513.",
            Assert.Throws<FormatException>(() => PretrainedModel.Load(Stories, path)).Message);
        Assert.Equal("pretrained: parameters need a floating-point type, but the type is I64.", Assert.Throws<DTypeException>(() => PretrainedModel.Load(Stories, null, DType.I64)).Message);
    }

    static List<int> Greedy(PretrainedModel pretrained, int count)
    {
        pretrained.Model.Eval();
        using NoGrad off = NoGrad.Scope();
        List<int> ids = [pretrained.Bos!.Value];
        for (int i = 0; i < count; i++)
        {
            using Scope scope = Scope.Begin("greedy");
            Tensor scores = pretrained.Model.Call(Tensor.From(ids.Select(id => (long)id).ToArray(), [1, ids.Count]))[0, -1];
            ids.Add((int)scores.Argmax(-1).Item());
        }

        return ids;
    }
}
