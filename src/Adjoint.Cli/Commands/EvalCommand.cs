using System.CommandLine;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Training;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint eval RUN</c>, and <c>adjoint eval --model PATH --text FILE</c>.</summary>
internal sealed class EvalCommand : Command, IExampled
{
    const int MostClasses = 40;

    readonly Argument<string?> _run = new("run") { HelpName = "run", Description = "A run's folder, or a model.safetensors in it.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> _model = new("--model") { HelpName = "PATH", Description = "With --text, in place of a run: a llama2.c .bin file, or a folder with a Hugging Face checkpoint." };
    readonly Option<string?> _tokenizer = TextOptions.Tokenizer();
    readonly Option<string?> _adapter = TextOptions.Adapter();
    readonly Option<string?> _text = new("--text") { HelpName = "FILE", Description = "Score a language model on this UTF-8 text." };
    readonly Option<bool> _lines = new("--lines") { Description = "With --text: every line is a text of its own, as adjoint finetune reads them, where the model has a token that texts begin with." };
    readonly Option<string?> _data = Shared.Data();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public EvalCommand() : base("eval", "Scores a trained model on its test data, class by class where there are classes; or a language model on a text.")
    {
        Add(_run);
        foreach (Option option in (Option[])[_model, _tokenizer, _adapter, _text, _lines, _data, _threads, _json, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } = ["eval runs/digits-1", "eval runs/mnist-1/model.safetensors --data ~/data --json scores.json", "eval --model stories260K.bin --tokenizer tok512.bin --text story.txt", "eval --model stories260K.bin --tokenizer tok512.bin --adapter runs/finetune-1 --text story.txt"];

    async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        Shared.CheckFile("--json", parsed.GetValue(_json), Name);
        Shared.UseThreads(parsed.GetValue(_threads));
        if (parsed.GetValue(_text) is { } text)
        {
            Shared.WriteJson(parsed.GetValue(_json), TextEvaluation.Run(screen, Model(parsed), parsed.GetValue(_tokenizer), parsed.GetValue(_adapter), text, parsed.GetValue(_lines), cancellation));
            return Tool.Success;
        }

        foreach (Option option in (Option[])[_model, _tokenizer, _adapter, _lines])
            if (parsed.GetResult(option) is { Implicit: false }) throw new UsageException($"eval: {option.Name} is for the score of a text, but there is no --text.");
        SavedModel saved = SavedModel.Load(Model(parsed), Name);
        Splits data = await saved.Data(new(parsed.GetValue(_data), new DownloadLines(screen), cancellation), Name).ConfigureAwait(false);
        DataLoader rows = TrainingParts.Plain(saved.Recipe, data.Test ?? data.Validation, saved.Normalize, ahead: 1);
        string part = data.Test is null ? "validation" : "test";
        JsonObject record = new() { ["recipe"] = saved.Recipe.Name, ["seed"] = saved.Seed, ["model"] = saved.Path };
        if (saved.Recipe.Data.Task == TaskKind.Classes) Classes(screen, saved, rows, part, record, cancellation);
        else Whole(screen, saved, rows, part, record, cancellation);
        Shared.WriteJson(parsed.GetValue(_json), record);
        return Tool.Success;
    }

    string Model(ParseResult parsed)
    {
        (string? run, string? model) = (parsed.GetValue(_run), parsed.GetValue(_model));
        if (run is null == model is null) throw new UsageException($"eval: one model must be named, a run or (with --text) by --model, but {(run is null ? "there is none" : "there are both")}.");
        return run ?? model!;
    }

    static void Whole(Screen screen, SavedModel saved, DataLoader rows, string part, JsonObject record, CancellationToken cancellation)
    {
        Recipe recipe = saved.Recipe;
        Score score = new Trainer(saved.Model, recipe.Optimizer.Build(saved.Model), recipe.Objective.Judge()).Evaluate(rows, cancellation);
        screen.Line($"{recipe.Name}: {score.Rows:#,0} {part} rows, {recipe.Objective.Words(score)}");
        record[part] = RunRecord.Score(score);
        if (recipe.Data.Task == TaskKind.Tokens) record[part]!["perplexity"] = Math.Exp(score.Loss);
    }

    static void Classes(Screen screen, SavedModel saved, DataLoader rows, string part, JsonObject record, CancellationToken cancellation)
    {
        Predictions said = Predictions.Of(saved, rows, cancellation);
        screen.Line($"{saved.Recipe.Name}: {said.Rows:#,0} {part} rows, loss {Readable.Loss(said.Loss)}, accuracy {Readable.Percent(said.Accuracy)}");
        if (saved.Facts.Names.Count <= MostClasses) Show(screen, saved.Facts.Names, said);
        int classes = saved.Facts.Names.Count;
        record[part] = new JsonObject { ["loss"] = said.Loss, ["accuracy"] = said.Accuracy, ["rows"] = said.Rows };
        record["classes"] = new JsonArray([.. saved.Facts.Names.Select(c => (JsonNode)c)]);
        record["confusion"] = new JsonArray([.. Enumerable.Range(0, classes).Select(actual => (JsonNode)new JsonArray([.. Enumerable.Range(0, classes).Select(answer => (JsonNode)said[actual, answer])]))]);
    }

    static void Show(Screen screen, IReadOnlyList<string> names, Predictions test)
    {
        screen.Line();
        screen.Line("Rows are what it is, columns what the model said:");
        int classes = names.Count;
        bool areShort = names.All(c => c.Length <= 3);
        string[] heads = [.. Enumerable.Range(0, classes).Select(c => areShort ? names[c] : $"{c}")];
        screen.Table(1, ["class", .. heads, "right"],
        [
            .. Enumerable.Range(0, classes).Select(actual => (string[])
            [
                areShort ? heads[actual] : $"{heads[actual]} {names[actual]}",
                .. Enumerable.Range(0, classes).Select(said => test[actual, said] is > 0 and long n ? $"{n}" : "."),
                Readable.Percent(test.Found(actual)),
            ]),
        ]);
    }
}
