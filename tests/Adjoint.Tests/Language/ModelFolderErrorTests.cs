using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Folders that are not what they should be, and the sentence each earns.</summary>
public class ModelFolderErrorTests
{
    [Fact]
    public void Everything_that_differs_is_listed()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "gpt");
        Folders.Change(path, weights =>
        {
            weights.Remove("transformer.h.0.ln_1.bias");
            weights.Remove("transformer.ln_f.weight");
            weights["transformer.h.2.ln_1.bias"] = Tensor.Zeros([12]);
            weights["transformer.h.1.attn.c_attn.weight"] = Tensor.Zeros([36, 12]);
            weights["transformer.wpe.weight"] = Tensor.Zeros([8, 12], DType.I64);
            return weights;
        });
        Assert.Equal(
            $"pretrained: names and shapes must be those of the model, but in '{path}' there are missing: 'h.0.ln_1.bias', 'ln_f.weight'; unexpected: 'h.2.ln_1.bias'; "
            + "of another shape: 'h.1.attn.c_attn.weight' ([36, 12] instead of [12, 36]); no floating-point numbers: 'wpe.weight' (I64).",
            Refused(path));
    }

    public static TheoryData<string, string, string, string> Configurations => new()
    {
        { "llama", "\"attention_bias\": false", "\"attention_bias\": true", "json: the matrices of a Llama have no biases, but 'attention_bias' in FILE is true." },
        { "llama", "\"mlp_bias\": false", "\"mlp_bias\": true", "json: the matrices of a Llama have no biases, but 'mlp_bias' in FILE is true." },
        { "llama", "\"silu\"", "\"gelu\"", "json: a Llama's activation is \"silu\", but 'hidden_act' in FILE is \"gelu\"." },
        { "llama", "\"head_dim\": 6", "\"head_dim\": 8", "json: heads must fill the width of 24, of which there are 4, but 'head_dim' in FILE is 8." },
        { "llama", "\"model_type\": \"llama\"", "\"model_type\": \"mixtral\"", "json: models of the kinds \"gpt2\", \"llama\" and \"mistral\" are read, but 'model_type' in FILE is \"mixtral\"." },
        { "llama", "\"model_type\": \"llama\",", "", "pretrained: config.json names the kind of model, but FILE has no 'model_type'." },
        { "llama", "\"num_attention_heads\": 4", "\"num_attention_heads\": 3", "json: heads must fill the width of 24, of which there are 3, but 'head_dim' in FILE is 6." },
        { "llama", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "pretrained: the sizes of a model must fit together, but those of FILE do not: llama: Heads must be a multiple of KeyValueHeads, but they are 4 and 3." },
        { "llama", "\"hidden_size\": 24,", "", "json: 'hidden_size' must be given, but FILE has none." },
        { "llama", "\"hidden_size\": 24", "\"hidden_size\": 24.5", "json: 'hidden_size' must be a whole number from 1 to 1073741824, but in FILE it is 24.5." },
        { "llama", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1000000000", "pretrained: every layer has tensors, but FOLDER has 21 tensors and its config.json says 1000000000 layers." },
        { "llama scaled", "\"llama3\"", "\"yarn\"", "json: rotary positions are scaled as \"llama3\" or not at all, but 'rope_scaling.rope_type' in FILE is \"yarn\"." },
        { "llama scaled", "\"factor\": 8,", "", "json: 'rope_scaling.factor' must be given, but FILE has none." },
        { "gpt", "\"gelu_new\"", "\"relu\"", "json: GPT-2's activation is \"gelu_new\", but 'activation_function' in FILE is \"relu\"." },
        { "gpt", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false", "json: the head of a GPT is its token embedding, but 'tie_word_embeddings' in FILE is false." },
        { "gpt", "\"embd_pdrop\": 0", "\"embd_pdrop\": 0.2", "json: a GPT drops with one probability everywhere, but 'embd_pdrop' in FILE is 0.2." },
        { "gpt", "\"n_layer\": 2", "\"n_layer\": \"two\"", "json: 'n_layer' must be a whole number from 1 to 1073741824, but in FILE it is \"two\"." },
        { "gpt", "\"n_layer\": 2", "\"n_layer\": 2, \"scale_attn_by_inverse_layer_idx\": true", "json: attention is scaled alike in all layers, but 'scale_attn_by_inverse_layer_idx' in FILE is true." },
    };

    [Theory, MemberData(nameof(Configurations))]
    public void A_configuration_that_does_not_fit_is_refused(string kind, string from, string to, string sentence)
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, kind);
        Folders.Config(path, from, to);
        Assert.Equal(sentence.Replace("FILE", $"'{Path.Combine(path, "config.json")}'", StringComparison.Ordinal).Replace("FOLDER", $"'{path}'", StringComparison.Ordinal), Refused(path));
    }

    [Fact]
    public void Sizes_of_a_configuration_take_no_memory_before_they_are_compared()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "llama");
        Folders.Config(path, "\"hidden_size\": 24", "\"hidden_size\": 1073741824");
        Folders.Config(path, "\"head_dim\": 6,", "");
        Folders.Config(path, "\"vocab_size\": 13", "\"vocab_size\": 1073741824");
        Refused(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith("pretrained: names and shapes must be those of the model, but in ", Refused(path), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void What_is_no_object_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "gpt"), config = Path.Combine(path, "config.json");
        File.WriteAllText(config, "[1]");
        Assert.Equal($"json: a file must hold an object, but '{config}' holds a list.", Refused(path));
        File.WriteAllText(config, "{\"a\":1,\"a\":2}");
        Assert.StartsWith($"json: a file must be valid JSON, but '{config}' is not: ", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_alone_are_refused()
    {
        Assert.Equal("pretrained: a model is a folder or a file of llama2.c, but 'x/model.safetensors' is weights without settings. Hint: give the folder with its config.json.", Refused("x/model.safetensors"));
        Assert.Throws<FileNotFoundException>(() => PretrainedModel.Load("gone.bin"));
    }

    [Fact]
    public void Weights_of_PyTorch_are_never_opened()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "gpt");
        File.Move(Path.Combine(path, "model.safetensors"), Path.Combine(path, "pytorch_model.bin"));
        Assert.Equal($"pretrained: weights are read from safetensors, but '{path}' has a pytorch_model.bin, which can hold any program. Hint: convert it to safetensors where it was made.", Refused(path));
        File.Delete(Path.Combine(path, "pytorch_model.bin"));
        Assert.Equal($"pretrained: a folder has model.safetensors or model.safetensors.index.json, but '{path}' has neither.", Refused(path));
        File.Delete(Path.Combine(path, "config.json"));
        Assert.Equal($"pretrained: a folder has a config.json, but '{path}' has none.", Refused(path));
    }

    [Theory]
    [InlineData("{}", "pretrained: an index has a 'weight_map', but FILE has none.")]
    [InlineData("""{"weight_map":{"a":"../x.safetensors"}}""", "pretrained: an index names safetensors files beside it, but FILE names '../x.safetensors'.")]
    [InlineData("""{"weight_map":{"a":"pytorch_model-1.bin"}}""", "pretrained: an index names safetensors files beside it, but FILE names 'pytorch_model-1.bin'.")]
    [InlineData("""{"weight_map":{"a":"gone.safetensors"}}""", "pretrained: the files of an index must be there, but 'gone.safetensors' is not in FOLDER.")]
    [InlineData("""{"weight_map":{"a":"there.safetensors"}}""", "pretrained: a file must hold the tensors that the index says, but 'a' is not in THERE.")]
    [InlineData("""{"weight_map":{"a":7}}""", "json: 'weight_map.a' must be text, but in FILE it is 7.")]
    public void A_broken_index_is_refused(string index, string sentence)
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "gpt"), file = Path.Combine(path, "model.safetensors.index.json"), there = Path.Combine(path, "there.safetensors");
        File.Move(Path.Combine(path, "model.safetensors"), there);
        File.WriteAllText(file, index);
        Assert.Equal(
            sentence.Replace("FILE", $"'{file}'", StringComparison.Ordinal).Replace("FOLDER", $"'{path}'", StringComparison.Ordinal).Replace("THERE", $"'{there}'", StringComparison.Ordinal),
            Refused(path));
    }

    [Fact]
    public void Saving_over_a_file_or_another_kind_of_model_is_refused()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x", [1]);
        Assert.Equal(
            $"pretrained: a model is written into a folder or a file whose name ends in .bin, but '{file}' is another file.",
            Assert.Throws<ArgumentException>(() => new PretrainedModel(Folders.Make("gpt"), null, 8, null).Save(file)).Message);
        Assert.Equal(
            "pretrained: a folder holds a Gpt or a Llama, but the model is a Relu.",
            Assert.Throws<ArgumentException>(() => new PretrainedModel(new Adjoint.Nn.Relu(), null, 8, null).Save(folder.File("y"))).Message);
    }

    static string Refused(string path) => Assert.Throws<FormatException>(() => PretrainedModel.Load(path)).Message;
}
