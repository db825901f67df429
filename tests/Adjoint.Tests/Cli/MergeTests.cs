using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Adjoint.Cli.FineTuning;
using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Language;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Adapters beside a model and in its weights say the same, in every format that a model may have.</summary>
[Collection(Alone.Name)]
public sealed class MergeTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Adapter => _folder.File("adapter");

    string Text => _folder.File("verses.txt");

    static async Task<ToolRun> Tool(params string[] args)
    {
        ToolRun run = await ToolRun.Of(args, TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return run;
    }

    /// <summary>Fine-tunes a model a little.</summary>
    async Task FineTune(string model, string lora = "r=4", params string[] tokenizer)
    {
        FineTuneTests.Verses(_folder);
        await Tool(["finetune", "--model", model, .. tokenizer, "--data", Text, "--lora", lora, "--steps", "40", "--context", "32", "--batch", "8", "--lr", "0.02", "--out", Adapter, "--quiet"]);
    }

    async Task<double> Loss(string model, params string[] further)
    {
        string json = _folder.File("score.json");
        await Tool(["eval", "--model", model, "--text", Text, "--lines", "--json", json, "--quiet", .. further]);
        return (double)JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!["loss"]!;
    }

    /// <summary>The merged model scores what base and adapter do, and the base what it did.</summary>
    async Task MustAgree(string model, string merged, string[] tokenizer, double tolerance = 1e-4)
    {
        await Tool("merge", "--model", model, "--adapter", Adapter, "--out", merged, "--quiet");
        (double alone, double beside, double within) = (await Loss(model, tokenizer), await Loss(model, [.. tokenizer, "--adapter", Adapter]), await Loss(merged, tokenizer));
        // Many times the tolerance: adapters that did nothing would agree as well.
        Assert.InRange(beside, 0, alone - 0.1);
        Assert.Equal(beside, within, tolerance);
    }

    static string[] Tok512 => ["--tokenizer", Llama2CTests.Tok512];

    [Theory, InlineData("r=4"), InlineData("r=4,dora,rslora,targets=q_proj+up_proj")]
    public async Task A_file_of_llama2c(string lora)
    {
        await FineTune(Llama2CTests.Stories, lora, Tok512);
        string before = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Llama2CTests.Stories))), merged = _folder.File("merged.bin");
        await MustAgree(Llama2CTests.Stories, merged, Tok512);
        Assert.Equal(new FileInfo(Llama2CTests.Stories).Length, new FileInfo(merged).Length);
        string[] args = ["--tokenizer", Llama2CTests.Tok512, "--temperature", "0", "--tokens", "20", "--ids", "--quiet"];
        string beside = (await Tool(["generate", "--model", Llama2CTests.Stories, "--adapter", Adapter, .. args])).Output;
        Assert.Equal(beside, (await Tool(["generate", "--model", merged, .. args])).Output);
        Assert.NotEqual(beside, (await Tool(["generate", "--model", Llama2CTests.Stories, .. args])).Output);
        ToolRun run = await Tool("merge", "--model", Llama2CTests.Stories, "--adapter", Adapter, "--out", _folder.File("again.bin"));
        Assert.Equal($"adapters of {(lora == "r=4" ? 35 : 10)} linear layers are part of {_folder.File("again.bin")}\nsha256 of the model before and after: {before}\n", run.Output);
        Assert.Equal(File.ReadAllBytes(merged), File.ReadAllBytes(_folder.File("again.bin")));
    }

    // llama2.c and Hugging Face order the rows of queries and keys differently: an adapter that ignored that would be noise in the other.
    [Theory, InlineData("r=4,targets=q_proj+k_proj"), InlineData("r=4,dora")]
    public async Task An_adapter_of_a_file_fits_the_same_model_in_a_folder(string lora)
    {
        await FineTune(Llama2CTests.Stories, lora, Tok512);
        string model = _folder.File("folder");
        PretrainedModel.Load(Llama2CTests.Stories).Save(model);
        Assert.Equal(await Loss(Llama2CTests.Stories, [.. Tok512, "--adapter", Adapter]), await Loss(model, [.. Tok512, "--adapter", Adapter]), 1e-4);
        await MustAgree(model, _folder.File("merged"), Tok512);
    }

    [Theory, InlineData(DType.F32), InlineData(DType.BF16)]
    public async Task A_folder_of_gpt_2_with_its_companions_and_its_type(DType type)
    {
        string model = _folder.File("gpt"), merged = _folder.File("merged");
        var gpt = new Gpt(new() { Vocabulary = 512, Context = 64, Width = 32, Layers = 2, Heads = 4 }, new Generator(1));
        gpt.To(type);
        new PretrainedModel(gpt, null, 64, 1).Save(model);
        string config = Path.Combine(model, "config.json"), text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(config, text.Replace("{", "{\n  \"_name_or_path\": \"mine\",", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(model, "tokenizer_config.json"), "{}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(model, "notes.txt"), "mine", TestContext.Current.CancellationToken);
        await FineTune(model, "r=4,targets=c_attn+mlp.c_proj", Tok512);
        Assert.Equal(8, JsonNode.Parse(File.ReadAllBytes(Path.Combine(Adapter, "adapter_config.json")))!["r"]!.GetValue<int>() * 2);
        // What half as many bits round away is seen in the loss.
        await MustAgree(model, merged, Tok512, type == DType.F32 ? 1e-4 : 1e-2);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer_config.json"], Directory.EnumerateFiles(merged).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(config), File.ReadAllBytes(Path.Combine(merged, "config.json")));
        using SafetensorsFile weights = Safetensors.Read(Path.Combine(merged, "model.safetensors"));
        Assert.All(weights.Names, n => Assert.Equal(type, weights.Spec(n).DType));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, ".*"));
    }

    [Fact]
    public async Task A_run_of_the_tool()
    {
        FineTuneTests.Verses(_folder);
        string recipe = _folder.File("recipe.json"), model = _folder.File("run");
        await File.WriteAllTextAsync(_folder.File("other.txt"), string.Concat(Enumerable.Repeat("And Adam begat the sons of Melchizedek; LORD, king of Sodom: Pharaoh journeyed toward Enoch and it was spake hearkened Sarai Noah\n", 30)), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(recipe, """
            {
              "name": "small",
              "data": { "file": "other.txt", "tokens": "bytes", "context": 32, "kind": "text" },
              "model": { "kind": "llama", "width": 32, "layers": 1, "heads": 2 },
              "objective": { "kind": "next-token" },
              "optimizer": { "kind": "adamw", "learningRate": 0.01 },
              "training": { "epochs": 30, "batchSize": 16 }
            }
            """, TestContext.Current.CancellationToken);
        await Tool("train", recipe, "--out", model, "--quiet");
        await FineTune(model);
        string merged = _folder.File("merged");
        await MustAgree(model, merged, []);
        Assert.Equal(["model.safetensors"], Directory.EnumerateFileSystemEntries(merged).Select(f => Path.GetFileName(f)));
        await Tool("generate", "--model", merged, "--prompt", "And ", "--tokens", "5", "--quiet");
    }

    [Fact]
    public async Task Nothing_that_is_there_is_written_over()
    {
        string model = _folder.File("model.bin"), link = _folder.File("link.bin"), taken = _folder.File("taken.bin");
        File.Copy(Llama2CTests.Stories, model);
        File.Copy(Llama2CTests.Stories, taken);
        File.CreateSymbolicLink(link, model);
        await FineTune(model, "r=2,targets=q_proj", Tok512);
        foreach (string path in (string[])[model, Path.Combine(_folder.Path, ".", "model.bin"), link])
            Assert.Equal((2, $"merge: the new model needs a place of its own, but --out names the model itself, '{path}'. Hint: name another.\n"), await Merge(model, Adapter, path));
        Assert.Equal((2, $"merge: --out must be new, but '{taken}' exists. Hint: name another.\n"), await Merge(model, Adapter, taken));
        Assert.Equal((2, "merge: the new model has the format of the old one, which is a file of llama2.c, so that --out must end in .bin, but --out is 'merged'.\n"), await Merge(model, Adapter, "merged"));
        Assert.Equal((1, "merge: --adapter must name a folder, but 'nowhere' does not exist.\n"), await Merge(model, "nowhere", _folder.File("new.bin")));
        Assert.Equal((1, "merge: a run's folder, a folder of Hugging Face or a file of llama2.c must be named, but 'nowhere' does not exist.\n"), await Merge("nowhere", Adapter, _folder.File("new.bin")));
        string folder = _folder.File("folder");
        PretrainedModel.Load(model).Save(folder);
        Assert.Equal((2, $"merge: the new model needs a place of its own, but --out names the model itself, '{folder}/'. Hint: name another.\n"), await Merge(folder, Adapter, folder + "/"));
        Assert.Equal((2, "merge: the new model has the format of the old one, which is a folder, so that --out must not end in .bin, but --out is 'merged.bin'.\n"), await Merge(folder, Adapter, "merged.bin"));
        Assert.Equal((2, $"merge: --out must be new or empty, but '{Adapter}' holds files. Hint: name another.\n"), await Merge(folder, Adapter, Adapter));
        Assert.Equal(File.ReadAllBytes(Llama2CTests.Stories), File.ReadAllBytes(model));
        Assert.False(File.Exists(_folder.File("new.bin")));
    }

    [Fact]
    public async Task Adapters_that_do_not_fit_or_are_not_there_are_told()
    {
        string[] args = ["--model", Llama2CTests.Stories, "--tokenizer", Llama2CTests.Tok512, "--adapter"];
        ToolRun run = await ToolRun.Of(["generate", .. args, "nowhere"], TestContext.Current.CancellationToken);
        Assert.Equal((1, "generate: --adapter must name a folder, but 'nowhere' does not exist.\n"), (run.Code, run.Error));
        run = await ToolRun.Of(["chat", .. args, _folder.Path], TestContext.Current.CancellationToken);
        Assert.Equal((1, $"adapter: a folder of adapters has an adapter_config.json and an adapter_model.safetensors, but '{_folder.Path}' has no adapter_config.json.\n"), (run.Code, run.Error));
        run = await ToolRun.Of(["eval", "runs/x", "--adapter", "nowhere"], TestContext.Current.CancellationToken);
        Assert.Equal((2, "eval: --adapter is for the score of a text, but there is no --text.\n"), (run.Code, run.Error));
        run = await ToolRun.Of(["eval", "runs/x", "--lines"], TestContext.Current.CancellationToken);
        Assert.Equal((2, "eval: --lines is for the score of a text, but there is no --text.\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_model_that_changes_meanwhile_is_noticed()
    {
        string model = _folder.Write("model.bin", [1, 2, 3]);
        var files = BaseFiles.Of(model);
        Assert.Equal(["039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"], files.Lines);
        files.MustBeTheSame("merge");
        _folder.Write("model.bin", [1, 2, 4]);
        Assert.Equal(
            $"merge: the files of the model must stay as they are, but 'model.bin' of '{model}' changed meanwhile. Hint: somebody else writes there; what was made does not belong to what is there now.",
            Assert.Throws<IOException>(() => files.MustBeTheSame("merge")).Message);
    }

    static async Task<(int Code, string Error)> Merge(string model, string adapter, string path)
    {
        ToolRun run = await ToolRun.Of(["merge", "--model", model, "--adapter", adapter, "--out", path], TestContext.Current.CancellationToken);
        return (run.Code, run.Error);
    }
}
