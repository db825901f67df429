using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint predict RUN --input FILE</c> or <c>--index N</c>.</summary>
internal sealed class PredictCommand : Command, IExampled
{
    readonly Argument<string> _run = new("run") { HelpName = "run", Description = "A run's folder, or a model.safetensors in it." };
    readonly Option<string?> _input = new("--input") { HelpName = "FILE", Description = "Images: a CSV file with a line of pixels each, in the data set's own range, or an IDX file of bytes." };
    readonly Option<int?> _index = new("--index") { HelpName = "N", Description = "An image of the test data, counted from 0.", CustomParser = Index };
    readonly Option<string?> _data = Shared.Data();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public PredictCommand() : base("predict", "Says what a trained model sees in images, and how sure it is.")
    {
        Add(_run);
        foreach (Option option in (Option[])[_input, _index, _data, _threads, _json, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } = ["predict runs/digits-1 --index 3", "predict runs/digits-1 --input digits.csv --json answers.json", "predict runs/mnist-1 --input t10k-images-idx3-ubyte"];

    async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        string? input = parsed.GetValue(_input);
        int? index = parsed.GetValue(_index);
        if (input is null == index is null) throw new UsageException($"predict: exactly one of --input and --index must be given, but {(input is null ? "none" : "both")} of them came.");
        Shared.CheckFile("--json", parsed.GetValue(_json), "predict");
        Shared.UseThreads(parsed.GetValue(_threads));
        SavedModel saved = SavedModel.Load(parsed.GetRequiredValue(_run), "predict");
        Tensor images = input is not null ? ImageFile.Read(input, saved.Recipe)
            : TestImage(await saved.Recipe.Load(new(parsed.GetValue(_data), new DownloadLines(screen), cancellation), Streams.Split(new(saved.Seed))).ConfigureAwait(false), saved.Recipe, index!.Value, screen);
        Shared.WriteJson(parsed.GetValue(_json), new() { ["recipe"] = saved.Recipe.Name, ["model"] = saved.Path, ["predictions"] = Predict(saved, images, screen, cancellation) });
        return Tool.Success;
    }

    static int? Index(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out int index)) return index;
        result.AddError($"--index must be a whole number, but it is {text.Quoted()}.");
        return null;
    }

    static Tensor TestImage(Splits data, Recipe recipe, int index, Screen screen)
    {
        if (index < 0 || index >= data.Test.Count) throw new UsageException($"predict: the index must be from 0 to {data.Test.Count - 1}, but it is {index}.");
        Batch batch = data.Test.Fetch([index]);
        foreach (ITransform transform in recipe.ToNumbers) batch = transform.Apply(batch, null);
        screen.Line($"test image {index}, which is: {recipe.Classes[(int)batch.Targets.Item()]}");
        return batch.Inputs;
    }

    static JsonArray Predict(SavedModel saved, Tensor images, Screen screen, CancellationToken cancellation)
    {
        var answers = new JsonArray();
        using NoGrad off = NoGrad.Scope();
        for (long row = 0; row < images.Shape[0]; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            using Scope scope = Scope.Begin("prediction");
            Tensor image = images.Slice(0, row, row + 1).Copy();
            float[] pixels = image.ToArray<float>();
            Batch normal = saved.Normalize.Apply(new(image, Tensor.Zeros([1], DType.I64)), null);
            float[] parts = saved.Model.Call(normal.Inputs).Softmax(1).ToArray<float>();
            int best = Array.IndexOf(parts, parts.Max());
            Show(screen, saved.Recipe, row, pixels, parts, best);
            answers.Add((JsonNode)new JsonObject
            {
                ["row"] = row,
                ["class"] = best,
                ["name"] = saved.Recipe.Classes[best],
                ["probabilities"] = new JsonArray([.. parts.Select(p => (JsonNode)p)]),
            });
        }

        return answers;
    }

    static void Show(Screen screen, Recipe recipe, long row, float[] pixels, float[] parts, int best)
    {
        foreach (string line in Gray.Lines(pixels, recipe.Side)) screen.Line(line);
        screen.Line($"row {row}: {recipe.Classes[best]} ({Readable.Percent(parts[best])})");
        foreach (int c in Enumerable.Range(0, parts.Length).OrderByDescending(c => parts[c]).Take(3))
            screen.Line($"  {recipe.Classes[c],-12} {Readable.Percent(parts[c]),8} {new string('#', (int)Math.Round(parts[c] * 40))}".TrimEnd());
        screen.Line();
    }
}
