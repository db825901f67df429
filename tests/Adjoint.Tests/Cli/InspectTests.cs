using System.Text.Json.Nodes;
using Adjoint.Formats;
using Adjoint.Models;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>What <c>adjoint inspect</c> shows.</summary>
[Collection(Alone.Name)]
public sealed class InspectTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static Task<ToolRun> Tool(params string[] args) => ToolRun.Of(args, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("llama-3.1-405b", 405_853_388_800, 2)]
    [InlineData("gpt2-124m", 124_439_808, 2)]
    [InlineData("stories260k", 260_032, 2)]
    [InlineData("resnet50", 25_557_032, null)]
    [InlineData("lenet", 215_418, null)]
    public async Task A_model_is_counted_without_being_made(string name, long parameters, int? tokens)
    {
        string json = _folder.File("model.json");
        long live = TensorMemory.LiveBytes;
        TensorMemory.ResetPeak();
        ToolRun run = await Tool(["inspect", name, "--json", json, .. tokens is { } t ? new[] { "--tokens", $"{t}" } : []]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.InRange(TensorMemory.PeakBytes - live, long.MinValue, 0);
        JsonNode record = JsonNode.Parse(File.ReadAllBytes(json))!;
        Assert.Equal(parameters, (long)record["parameters"]!);
        Assert.Equal(parameters, record["tensors"]!.AsArray().Sum(r => (long)r!["numbers"]!));
        Assert.StartsWith($"{name}: {parameters:#,0} parameters\n", run.Output, StringComparison.Ordinal);
        JsonArray memory = record["memory"]!.AsArray();
        Assert.Equal(["float32", "bfloat16-mixed", "float16-mixed", "bfloat16"], memory.Select(m => (string)m!["precision"]!));
        Assert.Equal((4 * parameters, 8 * parameters), ((long)memory[0]!["gradients"]!, (long)memory[0]!["adamw"]!));
        Assert.Equal((2 * parameters, 8 * parameters), ((long)memory[3]!["gradients"]!, (long)memory[3]!["adamw"]!));
        Assert.All(memory, m => Assert.Equal((long)m!["all"]!, (long)m["weights"]! + (long)m["gradients"]! + (long)m["adamw"]! + (long)m["activations"]!));
    }

    [Fact]
    public async Task The_arithmetic_of_a_token_is_that_of_the_matrices()
    {
        string json = _folder.File("model.json");
        Assert.Equal(0, (await Tool("inspect", "llama-3.1-8b", "--tokens", "1", "--precision", "bfloat16", "--json", json)).Code);
        JsonNode record = JsonNode.Parse(File.ReadAllBytes(json))!;
        LlamaSettings sizes = LlamaSettings.Llama31Of8B;
        double products = 2.0 * (sizes.ParameterCount - (sizes.Vocabulary * sizes.Width));
        Assert.InRange((double)record["forward_flops_per_token"]!, products, 1.01 * products);
        Assert.InRange((double)record["backward_flops_per_token"]!, 1.99 * products, 2.03 * products);
        Assert.Equal(["bfloat16"], record["memory"]!.AsArray().Select(m => (string)m!["precision"]!));
    }

    [Fact]
    public async Task A_longer_row_keeps_more_activations()
    {
        long[] kept = new long[2];
        for (int i = 0; i < 2; i++)
        {
            string json = _folder.File("model.json");
            await Tool("inspect", "stories260k", "--tokens", "64", "--batch", i == 0 ? "1" : "3", "--json", json);
            kept[i] = (long)JsonNode.Parse(File.ReadAllBytes(json))!["memory"]![0]!["activations"]!;
        }

        Assert.InRange(kept[1], 2.9 * kept[0], 3 * kept[0]);
    }

    [Fact]
    public async Task The_page_shows_what_the_command_says()
    {
        ToolRun run = await Tool("inspect", "llama-3.1-405b", "--tokens", "8192");
        Assert.Contains($"```\n{run.Output.TrimEnd('\n')}\n```", File.ReadAllText(Path.Combine(Repository.DirectionTests.Root, "docs", "inspect.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_blocks_are_one_row()
    {
        ToolRun run = await Tool("inspect", "stories260k");
        string row = Assert.Single(run.Output.Split('\n'), l => l.Contains("Query", StringComparison.Ordinal));
        Assert.Equal(["Blocks.*.Query.Weight", "[64,", "64]", "5", "20,480", "7.88", "%"], row.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_file_is_shown_by_its_tensors()
    {
        string path = _folder.File("model.safetensors"), json = _folder.File("file.json");
        Safetensors.Write(path, new Dictionary<string, Tensor> { ["a.0.w"] = Tensor.Zeros([2, 3]), ["a.1.w"] = Tensor.Zeros([2, 3]), ["b"] = Tensor.Zeros([5], DType.I64) }, new Dictionary<string, string> { ["k"] = "v" });
        foreach (string what in (string[])[path, _folder.Path])
        {
            ToolRun run = await Tool("inspect", what, "--json", json);
            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.StartsWith($"{what}: 3 tensors, 17 numbers, 88 bytes\n", run.Output, StringComparison.Ordinal);
            Assert.Contains("a.*.w   [2, 3]  F32       2       12  70.59 %     48", run.Output, StringComparison.Ordinal);
        }

        JsonNode record = JsonNode.Parse(File.ReadAllBytes(json))!;
        Assert.Equal(("v", 17), ((string?)record["metadata"]!["k"], (long)record["numbers"]!));
    }

    [Theory]
    [InlineData("inspect llama-4", 2, "inspect: a model, a file or a folder must be named, but 'llama-4' is none. Hint: models are gpt2-124m, gpt2-355m, gpt2-774m, gpt2-1558m, llama-2-7b, llama-2-13b, llama-2-70b, llama-3.1-8b, llama-3.1-70b, llama-3.1-405b, llama-3.2-1b, llama-3.2-3b, stories260k, lenet, resnet18, resnet50.")]
    [InlineData("inspect lenet --tokens 3", 2, "inspect: --tokens is for models of language, but lenet is one of images.")]
    [InlineData("inspect lenet --precision int8", 2, "--precision must be float32, bfloat16-mixed, float16-mixed or bfloat16, but it is 'int8'. Hint: adjoint inspect --help shows what is possible.")]
    [InlineData("inspect lenet --batch 0", 2, "--batch must be a whole number of at least 1, but it is '0'. Hint: adjoint inspect --help shows what is possible.")]
    [InlineData("inspect gpt2-124m --tokens 1025", 1, "gpt: a row of ids must fit into the context of 1024 tokens, but ids are [1, 1025].")]
    public async Task Mistakes_are_told(string line, int code, string sentence)
    {
        ToolRun run = await Tool(line.Split(' '));
        Assert.Equal((code, sentence + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task Options_of_models_are_no_options_of_files()
    {
        string path = _folder.Write("model.safetensors", [1, 2, 3]);
        Assert.Equal($"inspect: --batch is for models by name, but '{path}' is a file or folder.\n", (await Tool("inspect", path, "--batch", "2")).Error);
        Assert.StartsWith("safetensors: ", (await Tool("inspect", path)).Error, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Equal((1, $"inspect: a folder must hold files in the safetensors format, but '{_folder.Path}' has none.\n"), ((await Tool("inspect", _folder.Path)).Code, (await Tool("inspect", _folder.Path)).Error));
        Assert.Contains("Examples:\n  adjoint inspect llama-3.1-405b\n", (await Tool("inspect", "--help")).Output, StringComparison.Ordinal);
    }
}
