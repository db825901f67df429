using System.Text.Json.Nodes;
using Adjoint.Cli.Recipes;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary><c>adjoint train gpt --data text.txt --preset NAME</c>.</summary>
[Collection(Alone.Name)]
public sealed class GptPresetTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public GptPresetTests() => File.WriteAllText(Text, string.Concat(Enumerable.Repeat("the cat sat on the mat; größe 🐈! ", 60)));

    string Run => _folder.File("run");

    string Text => _folder.File("text.txt");

    /// <summary>Small enough for a test.</summary>
    static string[] Small => ["--set", "data.context=16", "--set", "model.layers=1", "--set", "model.heads=2", "--set", "model.width=16", "--set", "schedule.warmup=2", "--set", "training.epochSteps=3", "--batch-size", "4", "--max-steps", "8"];

    public void Dispose() => _folder.Dispose();

    static Task<ToolRun> Tool(params string[] args) => ToolRun.Of(args, TestContext.Current.CancellationToken);

    static string Learned(string folder) => Path.Combine(folder, "model.safetensors");

    [Theory]
    [InlineData("baby", 4, 4, 128, 64, 0, 12, 1, 2000, 1e-3, 1e-4, 100, 0.99)]
    [InlineData("char", 6, 6, 384, 256, 0.2, 64, 1, 5000, 1e-3, 1e-4, 100, 0.99)]
    [InlineData("gpt2-124m", 12, 12, 768, 1024, 0, 12, 40, 600_000, 6e-4, 6e-5, 2000, 0.95)]
    public void A_preset_is_nanoGPTs_recipe(string preset, int layers, int heads, int width, int context, double dropout, int rows, int accumulate, long steps, double rate, double floor, long warmup, double beta2)
    {
        Recipe recipe = BuiltIn.Find("gpt", "train", preset);
        var data = (TextData)recipe.Data;
        GptSettings model = ((GptModel)recipe.Model).Settings(new([context], [], 50_257));
        Assert.Equal(new() { Vocabulary = 50_257, Context = context, Width = width, Layers = layers, Heads = heads, Dropout = dropout }, model);
        Assert.Equal((context, 1, 0.1, 0.0, preset == "gpt2-124m" ? TokenKind.BytePairs : TokenKind.Characters), (data.Context, data.Stride, data.Validation, data.Test, data.Tokens));
        TrainingRecipe training = recipe.Training;
        Assert.Equal((rows, accumulate, 1.0, preset == "gpt2-124m" ? "bfloat16-mixed" : "float32"), (training.BatchSize, training.Accumulate, training.Clip, training.Precision));

        long batches = training.Draws!.Value / training.BatchSize;
        Assert.Equal(steps, training.Steps(batches));
        Assert.Equal(steps, training.Options(batches).Epochs * (long)training.EpochSteps!);
        Schedule schedule = recipe.Schedule.Over(recipe.Optimizer.LearningRate, steps);
        Assert.Equal(rate / (warmup + 1), schedule.At(0, rate), rate * 1e-5);
        Assert.Equal(rate * 11 / (warmup + 1), schedule.At(10, rate), rate * 1e-5);
        Assert.Equal(rate, schedule.At(warmup, rate), 12);
        Assert.Equal((rate + floor) / 2, schedule.At((steps + warmup) / 2, rate), 12);
        Assert.Equal(floor, schedule.At(steps, rate), 12);

        var optimizer = (AdamW)recipe.Optimizer.Build(new Gpt(model with { Vocabulary = 5, Width = heads, Layers = 1 }, new(1)));
        Assert.Equal((0.9, beta2, 1e-8, rate), (optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon, optimizer.LearningRate));
        Assert.All(optimizer.Groups[0].Parameters, p => Assert.True(p.Rank == 2));
        Assert.All(optimizer.Groups[1].Parameters, p => Assert.True(p.Rank == 1));
        Assert.Equal((0.1, 0.0, 6), (optimizer.Groups[0].WeightDecay, optimizer.Groups[1].WeightDecay, optimizer.Groups[0].Parameters.Count));
    }

    [Fact]
    public async Task A_text_is_learned_by_a_preset_for_so_many_steps()
    {
        ToolRun run = await Tool(["train", "gpt", "--data", Text, .. Small, "--out", Run]);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains("\nepoch   2/3", run.Output, StringComparison.Ordinal);
        Assert.Matches("\nmemory      [0-9,]+ MB at most\n", run.Output);
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "run.json")))!;
        Assert.Equal((3, "out of steps or minutes"), ((int)record["epochs"]!, (string)record["end"]!));
        Assert.InRange((long)record["peak_memory_bytes"]!, 10_000_000, long.MaxValue);
        // 198 of 1,980 characters are held out: 197 are predicted, 16 a row.
        Assert.Equal(13, (int)record["validation"]!["rows"]!);
        Assert.Equal(Text, (string)JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "recipe.json")))!["data"]!["file"]!);
        ToolRun eval = await Tool("eval", Run);
        Assert.Matches("^gpt-baby: 13 validation rows, loss [0-9.]+, perplexity [0-9.]+\n$", eval.Output);
        File.Move(Text, _folder.File("moved.txt"));
        Assert.Equal(eval.Output, (await Tool("eval", Run, "--data", _folder.File("moved.txt"))).Output);

        // Nine steps are three epochs to their end.
        ToolRun whole = await Tool(["train", "gpt", "--data", _folder.File("moved.txt"), .. Small, "--set", "training.maxSteps=9", "--out", _folder.File("nine")]);
        Assert.Contains("\nfinished after ", whole.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("baby")]
    [InlineData("gpt2-124m")]
    public async Task An_interrupted_run_goes_on_to_the_bits_of_one_that_was_not(string preset)
    {
        string[] work = ["train", "gpt", "--data", Text, "--preset", preset, .. Small, "--accumulate", "2", "--set", "model.dropout=0.1"];
        ToolRun run = await ToolRun.InterruptedAt("epoch   1/", [.. work, "--out", Run]);
        Assert.Equal(("", 130), (run.Error, run.Code));
        ToolRun resumed = await Tool("train", "--resume", Run, "--threads", "1");
        Assert.Equal(("", 0), (resumed.Error, resumed.Code));
        Assert.DoesNotContain("epoch   1/", resumed.Output, StringComparison.Ordinal);
        await Tool([.. work, "--out", _folder.File("whole")]);
        Assert.Equal(File.ReadAllBytes(Learned(_folder.File("whole"))), File.ReadAllBytes(Learned(Run)));
    }

    [Fact]
    public async Task Byte_pairs_are_learned_kept_and_used()
    {
        ToolRun run = await Tool(["train", "gpt", "--data", Text, "--preset", "gpt2-124m", .. Small, "--accumulate", "1", "--set", "data.vocabulary=300", "--out", Run]);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("gpt2-124m: ", run.Output, StringComparison.Ordinal);
        var tokenizer = (BytePairTokenizer)Tokenizer.Load(Path.Combine(Run, "tokenizer.json"));
        Assert.InRange(tokenizer.Vocabulary, 258, 300);
        ToolRun generated = await Tool("generate", "--model", Run, "--prompt", "the cat", "--tokens", "5", "--quiet", "--echo");
        Assert.Equal(("", 0), (generated.Error, generated.Code));
        Assert.StartsWith("the cat", generated.Output, StringComparison.Ordinal);
        ToolRun eval = await Tool("eval", Run);
        Assert.Equal(("", 0), (eval.Error, eval.Code));

        // The same by a tokenizer that is there already, in GPT-2's two files.
        tokenizer.SaveVocabulary(_folder.File("vocabulary"));
        ToolRun again = await Tool(["train", "gpt", "--data", Text, "--preset", "gpt2-124m", .. Small, "--accumulate", "1", "--tokenizer", _folder.File("vocabulary"), "--out", _folder.File("again")]);
        Assert.Equal(("", 0), (again.Error, again.Code));
        Assert.Equal(Losses(Run), Losses(_folder.File("again")));
        Assert.Equal(tokenizer.Encode("größe 🐈"), Tokenizer.Load(Path.Combine(_folder.File("again"), "tokenizer.json")).Encode("größe 🐈"));

        // Another tokenizer, or none, beside the model.
        BpeTraining.Train("the other", 300, cancellation: TestContext.Current.CancellationToken).Save(Path.Combine(Run, "tokenizer.json"));
        ToolRun other = await Tool("generate", "--model", Run, "--prompt", "the");
        Assert.Equal((1, $"generate: the tokenizer beside a model must be the one that it was trained with, but '{Path.Combine(Run, "tokenizer.json")}' is another.\n"), (other.Code, other.Error));
        Assert.Equal((1, "eval: the data must have the columns, classes and characters that the model was trained on, but it has others now.\n"), ((await Tool("eval", Run)).Code, (await Tool("eval", Run)).Error));
        File.Delete(Path.Combine(Run, "tokenizer.json"));
        ToolRun none = await Tool("generate", "--model", Run, "--prompt", "the");
        Assert.Equal((1, $"generate: the tokenizer of a model of byte pairs must lie beside it, but '{Run}' has no tokenizer.json.\n"), (none.Code, none.Error));

        static string Losses(string run) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!["validation"]!.ToJsonString();
    }

    [Theory]
    [InlineData("train gpt", 1, "data: a file must be named to learn from, but neither the recipe nor --data names one. Hint: --data text.txt")]
    [InlineData("train gpt --data nowhere.txt", 1, "data: --data must name the file to learn from, since the recipe names none, but 'nowhere.txt' does not exist.")]
    [InlineData("train gpt --data FOLDER", 1, "data: --data must name the file to learn from, since the recipe names none, but 'FOLDER' is a folder.")]
    [InlineData("train mnist --data TEXT", 2, "train: --data must name a folder, since data of kind mnist is more than a file, but 'TEXT' is a file.")]
    [InlineData("train gpt --data TEXT --preset chars", 2, "train: --preset must be baby, char or gpt2-124m, but it is 'chars'. Hint: did you mean 'char'?")]
    [InlineData("train digits --preset char", 2, "train: --preset is for a recipe with presets (gpt), but the recipe is 'digits'.")]
    [InlineData("profile TEXT --preset char", 2, "profile: --preset is for a recipe with presets (gpt), but the recipe is 'TEXT'.")]
    [InlineData("recipes show gpt --preset x", 2, "recipes: --preset must be baby, char or gpt2-124m, but it is 'x'.")]
    [InlineData("train gpt --data TEXT --tokenizer /t.json", 1, "gpt.json, line 4: data.tokenizer is for byte pairs, but data.tokens is characters.")]
    [InlineData("train gpt --data TEXT --set data.vocabulary=300 --set data.tokens=bytes", 1, "gpt.json, line 4: data.vocabulary is for byte pairs, but data.tokens is bytes.")]
    [InlineData("train gpt --data TEXT --preset gpt2-124m --tokenizer /t.json --set data.vocabulary=300", 1, "gpt.json, line 5: data.vocabulary is for a tokenizer that is learned, but data.tokenizer is '/t.json'.")]
    [InlineData("train gpt --data TEXT --preset gpt2-124m --tokenizer /nowhere/t.json", 1, "data: the recipe's file must exist, but '/nowhere/t.json' does not. Hint: relative paths start at the recipe's folder, and --data names another.")]
    [InlineData("train gpt --data TEXT --max-steps 50", 1, "schedule: the warm-up must be shorter than the training, but it is 100 steps of 50. Hint: schedule.warmup counts steps of the optimizer.")]
    [InlineData("train --resume RUN --preset char", 2, "train: a run goes on with its own settings, but '--preset' is given with --resume. Hint: leave it out.")]
    public async Task What_cannot_be_is_told_in_a_sentence(string line, int code, string sentence)
    {
        string Filled(string text) => text.Replace("TEXT", Text, StringComparison.Ordinal).Replace("FOLDER", _folder.Path, StringComparison.Ordinal).Replace("RUN", Run, StringComparison.Ordinal);
        ToolRun run = await Tool(Filled(line).Split(' '));
        Assert.Equal((code, Filled(sentence) + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_preset_is_shown_and_profiled()
    {
        ToolRun shown = await Tool("recipes", "show", "gpt", "--preset", "char");
        Assert.StartsWith("{\n  \"name\": \"gpt-char\",\n", shown.Output, StringComparison.Ordinal);
        Assert.Equal((await Tool("recipes", "show", "gpt", "--preset", "baby")).Output, (await Tool("recipes", "show", "gpt")).Output);
        ToolRun profile = await Tool(["profile", "gpt", "--data", Text, "--steps", "1", "--warmup", "1", .. Small.Take(10)]);
        Assert.Equal(("", 0), (profile.Error, profile.Code));
        Assert.Matches("^gpt-baby: [0-9,]+ parameters, 12 rows a step\n", profile.Output);
    }
}
