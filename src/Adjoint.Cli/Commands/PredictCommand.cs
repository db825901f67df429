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
    readonly Option<string?> _input = new("--input") { HelpName = "FILE", Description = "Images: a CSV file with a line of pixels each, in the data set's own range, or an IDX file of bytes. Rows of a table: a CSV file with the columns that were learned from." };
    readonly Option<int?> _index = new("--index") { HelpName = "N", Description = "A row of the test data, counted from 0.", CustomParser = Index };
    readonly Option<string?> _data = Shared.Data();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public PredictCommand() : base("predict", "Says what a trained model sees in images or rows of a table, and how sure it is.")
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
        Shared.CheckFile("--json", parsed.GetValue(_json), Name);
        Shared.UseThreads(parsed.GetValue(_threads));
        SavedModel saved = SavedModel.Load(parsed.GetRequiredValue(_run), Name);
        if (saved.Recipe.Data.Task == TaskKind.Tokens) throw new UsageException($"predict: a model must give classes or numbers to be asked for them, but that of {saved.Path.Quoted()} goes on with a text.");
        Tensor rows = input is not null ? saved.Recipe.Data.ReadInputs(input, saved.Facts)
            : TestRow(await saved.Data(new(parsed.GetValue(_data), new DownloadLines(screen), cancellation), Name).ConfigureAwait(false), saved, index!.Value, screen);
        Shared.WriteJson(parsed.GetValue(_json), new() { ["recipe"] = saved.Recipe.Name, ["model"] = saved.Path, ["predictions"] = Predict(saved, rows, screen, cancellation) });
        return Tool.Success;
    }

    static int? Index(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out int index)) return index;
        result.AddError($"--index must be a whole number, but it is {text.Quoted()}.");
        return null;
    }

    static Tensor TestRow(Splits data, SavedModel saved, int index, Screen screen)
    {
        IDataset rows = data.Test ?? data.Validation;
        if (index < 0 || index >= rows.Count) throw new UsageException($"predict: the index must be from 0 to {rows.Count - 1}, but it is {index}.");
        Batch batch = rows.Fetch([index]);
        foreach (ITransform transform in saved.Recipe.Data.ToNumbers) batch = transform.Apply(batch, null);
        string what = saved.Recipe.Data is ImageData ? "image" : "row";
        screen.Line($"{(data.Test is null ? "validation" : "test")} {what} {index}, which is: {(saved.Recipe.Data.Task == TaskKind.Classes ? saved.Facts.Names[(int)batch.Targets.Item()] : Answers.Numbers(saved.Facts.Names, batch.Targets.ToArray<float>()))}");
        return batch.Inputs;
    }

    static JsonArray Predict(SavedModel saved, Tensor rows, Screen screen, CancellationToken cancellation)
    {
        var answers = new JsonArray();
        using NoGrad off = NoGrad.Scope();
        for (long row = 0; row < rows.Shape[0]; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            using Scope scope = Scope.Begin("prediction");
            Tensor one = rows.Slice(0, row, row + 1).Copy();
            float[] plain = one.ToArray<float>();
            Tensor ready = saved.Normalize?.Apply(new(one, Tensor.Zeros([1], DType.I64)), null).Inputs ?? one;
            Tensor output = saved.Model.Call(ready);
            if (saved.Recipe.Data is ImageData { Image: var image } && image[0] == 1 && image[1] == image[2])
                foreach (string line in Gray.Lines(plain, (int)image[1])) screen.Line(line);
            answers.Add((JsonNode)(saved.Recipe.Data.Task == TaskKind.Classes
                ? Answers.Class(screen, row, saved.Facts.Names, output.Softmax(1).ToArray<float>())
                : Answers.Values(screen, row, saved.Facts.Names, output.ToArray<float>())));
        }

        return answers;
    }
}
