using System.Text.Json;
using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Language.Folders;
using Adjoint.Models;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Folders of Hugging Face: what is written is laid out as they have it, and read again.</summary>
[Collection(Alone.Name)]
public class ModelFolderTests
{
    [Theory]
    [InlineData("gpt")]
    [InlineData("gpt without biases")]
    [InlineData("llama")]
    [InlineData("llama tied")]
    [InlineData("llama scaled")]
    [InlineData("llama window")]
    [InlineData("llama of adjacent pairs")]
    public void A_saved_model_scores_the_same_when_it_is_read_again(string kind)
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, kind);
        PretrainedModel again = PretrainedModel.Load(path);
        Assert.Equal((Folders.Context, 1, false), (again.Context, again.Bos, again.Model.IsTraining));
        again.Save(folder.File("again"));
        foreach (string file in (string[])["config.json", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(path, file)), File.ReadAllBytes(Path.Combine(folder.File("again"), file)));
        Assert.Equal(Folders.Scores(Folders.Make(kind)), Folders.Scores(again.Model), (a, b) => Math.Abs(a - b) < 1e-13);
    }

    [Fact]
    public void A_GPT_has_the_names_and_transposes_of_GPT2LMHeadModel()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "gpt");
        using SafetensorsFile file = Safetensors.Read(Path.Combine(path, "model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(
            ["transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.ln_1.weight", "transformer.h.0.ln_1.bias", "transformer.h.0.attn.c_attn.weight", "transformer.h.0.attn.c_attn.bias"],
            file.Names.Take(6));
        Gpt model = (Gpt)Folders.Make("gpt");
        Assert.Equal([12, 36], file.Spec("transformer.h.1.attn.c_attn.weight").Shape);
        Assert.Equal(model.Blocks[1].QueryKeyValue.Weight.Transpose(0, 1).ToArray<float>(), file.Load("transformer.h.1.attn.c_attn.weight").ToArray<float>());
        Assert.Equal(model.Blocks[0].FeedForwardInner.Weight.Transpose(0, 1).ToArray<float>(), file.Load("transformer.h.0.mlp.c_fc.weight").ToArray<float>());
        Assert.Equal(model.Tokens.Weight.ToArray<float>(), file.Load("transformer.wte.weight").ToArray<float>());
        Assert.Equal(4 + (2 * 12), file.Names.Count);
    }

    [Fact]
    public void A_Llama_has_the_names_of_LlamaForCausalLM_and_pairs_as_halves()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "llama of adjacent pairs");
        using SafetensorsFile file = Safetensors.Read(Path.Combine(path, "model.safetensors"));
        Assert.Equal(
            ["model.embed_tokens.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight"],
            file.Names.Take(4));
        Assert.Equal(["model.norm.weight", "lm_head.weight"], file.Names.TakeLast(2));
        // Heads of 6: rows 0 2 4 are the first of their pairs, 1 3 5 the second.
        Tensor key = ((Llama)Folders.Make("llama of adjacent pairs")).Blocks[1].Key.Weight, stored = file.Load("model.layers.1.self_attn.k_proj.weight");
        int[] rows = [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11];
        for (int row = 0; row < 12; row++) Assert.Equal(key[rows[row]].ToArray<float>(), stored[row].ToArray<float>());
    }

    [Fact]
    public void Published_configurations_are_the_sizes_of_the_same_name()
    {
        using TemporaryFolder folder = new();
        FolderLayout Read(string json)
        {
            File.WriteAllText(folder.File("config.json"), json);
            return FolderLayout.Of(JsonFile.Read(folder.File("config.json")));
        }

        GptLayout gpt = Assert.IsType<GptLayout>(Read("""
            {"activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256,
             "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024,
             "resid_pdrop": 0.1, "summary_type": "cls_index", "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}}, "vocab_size": 50257}
            """));
        Assert.Equal(GptSettings.Gpt2Of124M with { Dropout = 0.1 }, gpt.Settings);
        LlamaLayout llama = Assert.IsType<LlamaLayout>(Read("""
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "hidden_act": "silu",
             "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32,
             "num_hidden_layers": 32, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
             "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
             "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "vocab_size": 128256}
            """));
        LlamaSettings published = LlamaSettings.Llama31Of8B;
        Assert.Equal(published with { Rope = published.Rope with { Pairs = RopePairs.Halves } }, llama.Settings);
        Assert.Equal(8_030_261_248, llama.Weights.Sum(w => w.Shape.Elements));
        Assert.Equal(124_439_808, gpt.Weights.Sum(w => w.Shape.Elements));
    }

    [Theory]
    [InlineData("\"sliding_window\": 4096, \"num_key_value_heads\": 8,", 4096L)]
    [InlineData("\"sliding_window\": null, \"num_key_value_heads\": 8,", null)]
    [InlineData("", 4096L)]
    public void A_Mistral_is_a_Llama_with_a_window(string given, long? window)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("config.json"), $$"""
            {"architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
             "max_position_embeddings": 32768, "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 32, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, {{given}}
             "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 32000}
            """);
        LlamaLayout mistral = Assert.IsType<LlamaLayout>(FolderLayout.Of(JsonFile.Read(folder.File("config.json"))));
        Assert.Equal(LlamaSettings.MistralOf7B with { Window = window, Rope = new() { Pairs = RopePairs.Halves } }, mistral.Settings);
        Assert.Equal(7_241_732_096, mistral.Weights.Sum(w => w.Shape.Elements));
    }

    [Fact]
    public void Base_and_scaling_may_stand_in_rope_parameters()
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, "llama scaled"), config = File.ReadAllText(Path.Combine(path, "config.json"));
        Folders.Config(path, "\"rope_theta\": 500,", "");
        Folders.Config(path, "\"rope_scaling\": {", "\"rope_parameters\": { \"rope_theta\": 500,");
        Assert.NotEqual(config, File.ReadAllText(Path.Combine(path, "config.json")));
        Assert.Equal(Folders.Scores(Folders.Make("llama scaled")), Folders.Scores(PretrainedModel.Load(path).Model));
    }

    [Theory]
    [InlineData(DType.BF16, DType.F32)]
    [InlineData(DType.F16, DType.F32)]
    [InlineData(DType.F32, DType.F64)]
    [InlineData(DType.BF16, DType.BF16)]
    public void Element_types_are_converted(DType stored, DType wanted)
    {
        using TemporaryFolder folder = new();
        foreach (string kind in (string[])["gpt", "llama"])
        {
            Adjoint.Nn.Layer model = Folders.Make(kind);
            model.To(stored);
            string path = folder.File(kind);
            new PretrainedModel(model, null, Folders.Context, null).Save(path);
            PretrainedModel again = PretrainedModel.Load(path, dtype: wanted);
            Assert.All(again.Model.Parameters(), p => Assert.Equal(wanted, p.DType));
            foreach ((string name, Tensor parameter) in model.NamedParameters()) Assert.Equal(parameter.To(DType.F64).ToArray<double>(), again.Model.State()[name].To(DType.F64).ToArray<double>());
            Assert.Equal(stored == DType.BF16 ? "bfloat16" : stored == DType.F16 ? "float16" : "float32", JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "config.json"))).RootElement.GetProperty("torch_dtype").GetString());
        }
    }

    [Theory, InlineData("gpt"), InlineData("llama tied")]
    public void Several_files_no_prefix_and_old_buffers_are_read(string kind)
    {
        using TemporaryFolder folder = new();
        string path = Folders.Save(folder, kind);
        KeyValuePair<string, Tensor>[] all = [];
        Folders.Change(path, weights => all =
        [
            .. weights.Select(w => KeyValuePair.Create(w.Key.Split('.', 2)[1], w.Value)),
            .. kind == "gpt"
                ? new Dictionary<string, Tensor> { ["h.0.attn.bias"] = Tensor.Ones([1, 1, 8, 8], DType.U8), ["h.1.attn.masked_bias"] = Tensor.Scalar(-1e4), ["lm_head.weight"] = Tensor.Zeros([13, 12]) }
                : new() { ["layers.0.self_attn.rotary_emb.inv_freq"] = Tensor.Ones([3]), ["lm_head.weight"] = Tensor.Zeros([13, 24]) },
        ]);
        double[] scores = Folders.Scores(Folders.Make(kind));
        Assert.Equal(scores, Folders.Scores(PretrainedModel.Load(path).Model));

        File.Delete(Path.Combine(path, "model.safetensors"));
        string[] names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        for (int i = 0; i < 2; i++) Safetensors.Write(Path.Combine(path, names[i]), all.Where((_, at) => at % 2 == i));
        Dictionary<string, string> map = all.Select((w, at) => (w.Key, names[at % 2])).ToDictionary();
        File.WriteAllText(Path.Combine(path, "model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = map }));
        Assert.Equal(scores, Folders.Scores(PretrainedModel.Load(path).Model));
    }
}
