using System.Text.Json.Nodes;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>The profile command: a table, a record and a trace of some steps.</summary>
[Collection(Alone.Name)]
public sealed class ProfileTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static Task<ToolRun> Run(params string[] args) => ToolRun.Of(["profile", .. args], TestContext.Current.CancellationToken);

    [Fact]
    public async Task Steps_of_a_recipe_become_a_table_a_record_and_a_trace()
    {
        (string json, string trace) = (_folder.File("profile.json"), _folder.File("trace.json"));
        ToolRun run = await Run("digits", "--steps", "3", "--warmup", "2", "--top", "4", "--json", json, "--trace", trace);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("digits: 38,330 parameters, 32 rows a step\n3 steps, after 2 to warm up:\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nA step, the mean of 3:\noperation ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"\ntrace    {trace}\n", run.Output, StringComparison.Ordinal);

        JsonNode record = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        Assert.Equal(("digits", 3, 32), ((string)record["recipe"]!, (int)record["steps"]!, (int)record["batch_size"]!));
        JsonNode[] operations = [.. record["operations"]!.AsArray().Select(r => r!)];
        JsonNode convolution = operations.Single(r => (string)r["name"]! == "conv2d" && (string)r["phase"]! == "forward");
        // 32 images of 8×8: 16 filters of 9 taps, and 32 of 16·9, in each of 3 steps.
        Assert.Equal((6, 3L * 32 * 64 * ((16 * 9) + (32 * 144)) * 2), ((long)convolution["calls"]!, (long)convolution["flops"]!));
        Assert.Equal(3, (long)operations.Single(r => (string)r["name"]! == "adam_w")["calls"]!);
        Assert.Contains(record["modules"]!.AsArray(), r => (string)r!["name"]! == "3 (Conv2d)" && (string)r["phase"]! == "backward");
        double sum = operations.Sum(r => (double)r["self_seconds"]!);
        Assert.Equal((double)record["operation_seconds"]!, sum, 9);
        Assert.True((double)record["roof"]!["gflops"]! > 0 && (double)record["roof"]!["gigabytes_per_second"]! > 0);

        JsonArray events = JsonNode.Parse(await File.ReadAllTextAsync(trace, TestContext.Current.CancellationToken))!["traceEvents"]!.AsArray();
        Assert.Equal(6, events.Count(e => (string)e!["name"]! == "conv2d"));
        Assert.Equal(3, events.Count(e => (string)e!["name"]! == "adam_w step"));
        Assert.Null(OperationObserver.Current);
    }

    [Fact]
    public async Task A_model_with_random_data_by_module()
    {
        ToolRun run = await Run("stories260k", "--steps", "1", "--warmup", "1", "--batch-size", "2", "--by", "module", "--top", "200", "--threads", "1");
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains(" parameters, 2 rows a step\n1 step, after 1 to warm up:\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nThe step:\nmodule ", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"\nBlocks\.4\.Down \(Linear\) +backward +1 ", run.Output);
        Cpu.Threads = Environment.ProcessorCount;
    }

    [Fact]
    public async Task An_interruption_ends_it()
    {
        ToolRun run = await ToolRun.InterruptedAt("rows a step", ["profile", "digits", "--steps", "1000000"]);
        Assert.Equal((130, "interrupted.\n"), (run.Code, run.Error));
        Assert.Null(OperationObserver.Current);
    }

    [Theory]
    [InlineData("digit", "profile: the recipe must be digits, fashion-mnist, gpt, mnist, resnet18, resnet50, gpt2-124m, stories260k or a file that exists, but it is 'digit'. Hint: did you mean 'digits'?\n")]
    [InlineData("digits --by line", "--by must be op or module, but it is 'line'. Hint: adjoint profile --help shows what is possible.\n")]
    [InlineData("digits --top 0", "--top must be a whole number of at least 1, but it is '0'. Hint: adjoint profile --help shows what is possible.\n")]
    public async Task A_wrong_command_line_says_what_is_right(string line, string sentence)
    {
        ToolRun run = await Run(line.Split(' '));
        Assert.Equal((2, sentence), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_trace_that_could_not_be_written_is_refused_before_any_work()
    {
        string none = _folder.File("none");
        ToolRun run = await Run("digits", "--trace", Path.Combine(none, "trace.json"));
        Assert.Equal((2, "", $"profile: the folder of --trace must exist, but '{none}' does not.\n"), (run.Code, run.Output, run.Error));
    }
}
