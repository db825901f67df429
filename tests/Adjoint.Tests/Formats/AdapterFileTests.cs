using System.Text;
using System.Text.Json.Nodes;
using Adjoint.Formats;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Tests.Nn;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Formats;

/// <summary>Adapters as files of PEFT.</summary>
[Collection(Alone.Name)]
public sealed class AdapterFileTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Folder => _folder.File("adapter");

    string Config => Path.Combine(Folder, "adapter_config.json");

    string Weights => Path.Combine(Folder, "adapter_model.safetensors");

    public void Dispose() => _folder.Dispose();

    static Llama Adapted(LoraSettings settings)
    {
        Llama model = LoraTests.Model();
        Lora.Attach(model, settings, new Generator(3), "mine");
        LoraTests.Shake(model, "mine");
        return model;
    }

    [Theory, MemberData(nameof(LoraTests.Kinds), MemberType = typeof(LoraTests))]
    public void What_is_saved_comes_back(string kind)
    {
        Llama model = Adapted(LoraTests.Kind(kind) with { Dropout = 0.25 });
        model.Eval();
        AdapterFile.Save(Folder, model, HuggingFaceNames.Llama, "mine", "some/llama");
        Llama other = LoraTests.Model();
        IReadOnlyList<Tensor> parameters = AdapterFile.Load(Folder, other, HuggingFaceNames.Llama, new Generator(9));
        other.Eval();
        Assert.Equal(model.Call(LoraTests.Ids(1)).ToArray<float>(), other.Call(LoraTests.Ids(1)).ToArray<float>());
        Assert.Equal(parameters, other.Parameters().Where(p => p.RequiresGrad));
        LoraSettings read = other.Blocks[0].Query.Adapters!.ByName["default"].Settings;
        Assert.Equal((3, 6.0, 0.25, kind == "stabilized", kind == "magnitudes"), (read.Rank, read.Alpha, read.Dropout, read.IsRankStabilized, read.HasMagnitudes));
        Assert.Equal(["q_proj", "v_proj"], read.Targets);
    }

    [Fact]
    public void The_layout_is_that_of_peft()
    {
        AdapterFile.Save(Folder, Adapted(LoraTests.Kind("magnitudes")), HuggingFaceNames.Llama, "mine", "some/llama");
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(Config))!;
        Assert.Equal(("LORA", 3, 6.0, "none", "some/llama", true, false, false), ((string?)config["peft_type"], (int)config["r"]!, (double)config["lora_alpha"]!, (string?)config["bias"], (string?)config["base_model_name_or_path"], (bool)config["use_dora"]!, (bool)config["use_rslora"]!, (bool)config["fan_in_fan_out"]!));
        using SafetensorsFile file = Safetensors.Read(Weights);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(new Spec([3, 16], DType.F32), file.Spec("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"));
        Assert.Equal(new Spec([8, 3], DType.F32), file.Spec("base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight"));
        Assert.Equal(new Spec([16], DType.F32), file.Spec("base_model.model.model.layers.1.self_attn.q_proj.lora_magnitude_vector"));
        Assert.Equal(2 * 2 * 3, file.Names.Count);
    }

    [Fact]
    public void Those_of_gpt_2_have_its_names()
    {
        var model = new Gpt(new() { Vocabulary = 11, Context = 8, Width = 16, Layers = 2, Heads = 2 }, new(1));
        Lora.Attach(model, LoraTests.QueryValue with { Targets = ["*.QueryKeyValue"] }, new(1));
        Lora.Attach(model, LoraTests.QueryValue with { Targets = ["*.AttentionOutput"] }, new(1), "out");
        AdapterFile.Save(Folder, model, HuggingFaceNames.Gpt2);
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(Config))!;
        Assert.True((bool)config["fan_in_fan_out"]!);
        Assert.Equal("[\"c_attn\"]", config["target_modules"]!.ToJsonString());
        using (SafetensorsFile file = Safetensors.Read(Weights)) Assert.Equal(new Spec([48, 3], DType.F32), file.Spec("base_model.model.transformer.h.0.attn.c_attn.lora_B.weight"));
        // Two layers of a block are called c_proj: the names are told in full.
        AdapterFile.Save(Folder, model, HuggingFaceNames.Gpt2, "out");
        Assert.Equal("[\"transformer.h.0.attn.c_proj\",\"transformer.h.1.attn.c_proj\"]", JsonNode.Parse(File.ReadAllBytes(Config))!["target_modules"]!.ToJsonString());
        AdapterFile.Load(Folder, new Gpt(model.Settings, new(2)), HuggingFaceNames.Gpt2, new(1));
    }

    [Fact]
    public void All_linear_layers_may_be_meant_by_a_word()
    {
        AdapterFile.Save(Folder, Adapted(LoraTests.QueryValue with { Targets = ["Blocks.*"] }), HuggingFaceNames.Llama, "mine");
        Change(config => config["target_modules"] = "all-linear");
        Llama model = LoraTests.Model();
        Assert.Equal(2 * 7 * 2, AdapterFile.Load(Folder, model, HuggingFaceNames.Llama, new(1)).Count);
        Assert.Null(model.Head.Adapters);
    }

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "peft_type", "\"IA3\"", "adapter: peft_type must be 'LORA', but in FILE it is 'IA3'." },
        { "r", "0", "adapter: r must be a whole number from 1 to 1048576, but in FILE it is 0." },
        { "r", "2.5", "adapter: r must be a whole number from 1 to 1048576, but in FILE it is 2.5." },
        { "r", "4", "adapter: tensors must have the shapes that the rank and the model say, but 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight' in FOLDER is [3, 16] and should be [4, 16]." },
        { "lora_alpha", "\"6\"", "adapter: lora_alpha must be a finite number above 0, but in FILE it is text." },
        { "lora_dropout", "1", "adapter: lora_dropout must be a number of at least 0 and below 1, but in FILE it is 1." },
        { "bias", "\"all\"", "adapter: bias must be 'none', but in FILE it is 'all'." },
        { "use_dora", "1", "adapter: use_dora must be true or false, but in FILE it is a number." },
        { "use_dora", "true", "adapter: every layer that target_modules names needs its tensors, but 'base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector' is missing in FOLDER." },
        { "target_modules", "[]", "adapter: target_modules must be a list of names or 'all-linear', but in FILE it is an empty list." },
        { "target_modules", "\".*proj\"", "adapter: target_modules must be a list of names or 'all-linear', but in FILE it is text." },
        { "target_modules", "[\"w\"]", "adapter: target_modules must name linear layers of the model, but none of 'w' in FOLDER does." },
        { "target_modules", "[\"q_proj\"]", "adapter: tensors must belong to layers that target_modules names, but 'base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight' in FOLDER does not." },
        { "rank_pattern", "{\"q_proj\":2}", "adapter: rank_pattern must be empty, because nothing here does what it asks for, but in FILE it is not." },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_does_not_fit_is_told_and_changes_nothing(string field, string value, string sentence)
    {
        AdapterFile.Save(Folder, Adapted(LoraTests.QueryValue), HuggingFaceNames.Llama, "mine");
        Change(config => config[field] = JsonNode.Parse(value));
        Llama model = LoraTests.Model();
        string told = Assert.Throws<FormatException>(() => AdapterFile.Load(Folder, model, HuggingFaceNames.Llama, new(1))).Message;
        Assert.Equal(sentence, told.Replace($"'{Config}'", "FILE", StringComparison.Ordinal).Replace($"'{Folder}'", "FOLDER", StringComparison.Ordinal));
        Assert.Empty(Lora.Names(model));
        Assert.All(model.Parameters(), p => Assert.True(p.RequiresGrad));
    }

    [Fact]
    public void Missing_files_and_names_are_told()
    {
        AdapterFile.Save(Folder, Adapted(LoraTests.QueryValue), HuggingFaceNames.Llama, "mine");
        File.Delete(Weights);
        Assert.Equal($"adapter: a folder of adapters has an adapter_config.json and an adapter_model.safetensors, but '{Folder}' has no adapter_model.safetensors.", Assert.Throws<FileNotFoundException>(() => AdapterFile.Load(Folder, LoraTests.Model(), HuggingFaceNames.Llama, new(1))).Message);
        Assert.Equal("adapter: every layer needs a name in the file, but 'Blocks.0.Query' has none.", Assert.Throws<ArgumentException>(() => AdapterFile.Save(Folder, Adapted(LoraTests.QueryValue), HuggingFaceNames.Gpt2, "mine")).Message);
    }

    [Theory]
    [InlineData("adapter_config.json"), InlineData("adapter_model.safetensors")]
    public void A_thousand_damaged_files_are_refused_or_read(string name)
    {
        AdapterFile.Save(Folder, Adapted(LoraTests.Kind("magnitudes")), HuggingFaceNames.Llama, "mine");
        string path = Path.Combine(Folder, name);
        byte[] valid = File.ReadAllBytes(path);
        var random = new Generator(5);
        Llama model = LoraTests.Model();
        int refused = 0;
        for (int i = 0; i < 1000; i++)
        {
            File.WriteAllBytes(path, Mutations.Damage(valid, random));
            try
            {
                AdapterFile.Load(Folder, model, HuggingFaceNames.Llama, new(1));
                Lora.Remove(model);
            }
            catch (FormatException e)
            {
                refused++;
                Assert.Matches(@"^(adapter|safetensors): .*\.$", e.Message.ReplaceLineEndings(" "));
                Assert.Empty(Lora.Names(model));
            }
        }

        Assert.InRange(refused, 50, 1000);
    }

    void Change(Action<JsonNode> change)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(Config))!;
        change(config);
        File.WriteAllBytes(Config, Encoding.UTF8.GetBytes(config.ToJsonString()));
    }
}
