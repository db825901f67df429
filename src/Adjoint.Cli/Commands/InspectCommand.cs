using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Adjoint.Cli.Inspecting;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint inspect NAME|PATH</c>.</summary>
internal sealed class InspectCommand : Command, IExampled
{
    readonly Argument<string> _what = new("what") { HelpName = "name|path", Description = $"A model: {Words.Or([.. KnownModel.All.Select(m => m.Name)])}; or a file in the safetensors format, or a folder with such files (that of a run)." };
    readonly Option<string?> _precision = new("--precision") { HelpName = "P", Description = $"Of a model, the memory in one precision ({Words.Or([.. StepMemory.Precisions])}); all by default." };
    readonly Option<int?> _batch = Shared.Count("--batch", "Rows of a step; 1 by default.");
    readonly Option<int?> _tokens = Shared.Count("--tokens", "Tokens of a row; the model's context, but 1024 at most, by default.");
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public InspectCommand() : base("inspect", "Shows what a model or a file is made of, and what training it would take: memory and arithmetic. Nothing of the model is allocated.")
    {
        Add(_what);
        foreach (Option option in (Option[])[_precision, _batch, _tokens, _json, _quiet]) Add(option);
        _precision.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !StepMemory.Precisions.Contains(text)) result.AddError($"--precision must be {Words.Or(StepMemory.Precisions)}, but it is {text.Quoted()}.");
        });
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "inspect llama-3.1-405b",
        "inspect llama-3.1-8b --precision bfloat16-mixed --batch 4 --tokens 2048",
        "inspect runs/digits-1",
        "inspect model.safetensors --json model.json",
    ];

    int Run(ParseResult parsed)
    {
        string what = parsed.GetRequiredValue(_what);
        Shared.CheckFile("--json", parsed.GetValue(_json), Name);
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        JsonObject record;
        if (KnownModel.All.FirstOrDefault(m => m.Name == what) is { } known) record = Model(screen, known, parsed.GetValue(_precision), parsed.GetValue(_batch) ?? 1, parsed.GetValue(_tokens));
        else
        {
            string[] files = Files(what);
            foreach (Option option in (Option[])[_precision, _batch, _tokens])
                if (parsed.GetResult(option) is not null) throw new UsageException($"{Name}: {option.Name} is for models by name, but {what.Quoted()} is a file or folder.");
            record = File(screen, what, files);
        }

        Shared.WriteJson(parsed.GetValue(_json), record);
        return Tool.Success;
    }

    JsonObject Model(Screen screen, KnownModel known, string? precision, int batch, int? asked)
    {
        if (known.Context is null && asked is not null) throw new UsageException($"{Name}: --tokens is for models of language, but {known.Name} is one of images.");
        long tokens = known.Tokens(asked);
        using ShapeOnlyScope shapes = ShapeOnly.Scope();
        Layer model = known.Make(new(1));
        long all = model.ParameterCount;
        IReadOnlyList<TensorRows> rows = TensorRows.Of(model.NamedParameters().Select(p => (p.Name, new Spec(p.Tensor.Shape, p.Tensor.DType))));
        screen.Line($"{known.Name}: {all:#,0} parameters");
        screen.Line();
        screen.Table(2, TensorRows.Heads(withTypes: false), [.. rows.Select(r => r.Cells(all, withTypes: false))]);

        StepMemory[] steps = [.. StepMemory.Precisions.Where(p => precision is null || p == precision).Select(p => StepMemory.Of(known, p, batch, tokens))];
        long units = batch * tokens;
        screen.Line();
        screen.Line($"Memory of a training step with AdamW, {batch} row{(batch == 1 ? "" : "s")}{(known.Context is null ? "" : $" of {tokens:#,0} tokens")}, GiB:");
        screen.Table(1, ["precision", "weights", "gradients", "AdamW", "activations", "all"], [.. steps.Select(s => new[] { s.Precision, Gib(s.Weights), Gib(s.Gradients), Gib(s.Optimizer), Gib(s.Activations), Gib(s.All) })]);
        screen.Line();
        screen.Line($"Arithmetic of a{(known.Unit == "image" ? "n" : "")} {known.Unit}: {Gflop(steps[0].ForwardFlops / (double)units)} GFLOP forward, {Gflop((steps[0].ForwardFlops + steps[0].BackwardFlops) / (double)units)} GFLOP forward and backward");
        return new()
        {
            ["name"] = known.Name,
            ["parameters"] = all,
            ["batch"] = batch,
            ["tokens"] = known.Context is null ? null : tokens,
            ["forward_flops_per_" + known.Unit] = steps[0].ForwardFlops / (double)units,
            ["backward_flops_per_" + known.Unit] = steps[0].BackwardFlops / (double)units,
            ["tensors"] = Json(rows),
            ["memory"] = new JsonArray([.. steps.Select(s => (JsonNode)new JsonObject { ["precision"] = s.Precision, ["weights"] = s.Weights, ["gradients"] = s.Gradients, ["adamw"] = s.Optimizer, ["activations"] = s.Activations, ["all"] = s.All })]),
        };
    }

    static JsonObject File(Screen screen, string what, string[] files)
    {
        var tensors = new List<(string Name, Spec Spec)>();
        var metadata = new JsonObject();
        foreach (string path in files)
        {
            using SafetensorsFile file = Safetensors.Read(path);
            tensors.AddRange(file.Names.Select(n => (n, file.Spec(n))));
            foreach ((string key, string value) in file.Metadata) metadata[key] = value;
        }

        IReadOnlyList<TensorRows> rows = TensorRows.Of(tensors);
        (long all, long bytes) = (rows.Sum(r => r.Elements), rows.Sum(r => r.Bytes));
        screen.Line($"{what}: {tensors.Count:#,0} tensor{(tensors.Count == 1 ? "" : "s")}{(files.Length == 1 ? "" : $" in {files.Length} files")}, {all:#,0} numbers, {bytes:#,0} bytes");
        screen.Line();
        screen.Table(3, TensorRows.Heads(withTypes: true), [.. rows.Select(r => r.Cells(all, withTypes: true))]);
        return new() { ["path"] = what, ["numbers"] = all, ["bytes"] = bytes, ["tensors"] = Json(rows), ["metadata"] = metadata };
    }

    string[] Files(string what)
    {
        if (System.IO.File.Exists(what)) return [what];
        string[] models = [.. KnownModel.All.Select(m => m.Name)];
        if (!Directory.Exists(what)) throw new UsageException($"{Name}: a model, a file or a folder must be named, but {what.Quoted()} is none. Hint: models are {string.Join(", ", models)}.");
        string[] files = [.. Directory.EnumerateFiles(what, "*.safetensors").Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new FileNotFoundException($"{Name}: a folder must hold files in the safetensors format, but {what.Quoted()} has none.");
    }

    static JsonArray Json(IReadOnlyList<TensorRows> rows) => [.. rows.Select(r => (JsonNode)new JsonObject { ["name"] = r.Name, ["shape"] = new JsonArray([.. r.Spec.Shape.Select(s => (JsonNode)s)]), ["type"] = $"{r.Spec.DType}", ["count"] = r.Count, ["numbers"] = r.Elements })];

    static string Gib(long bytes) => (bytes / (double)(1L << 30)).ToString("#,0.000", CultureInfo.InvariantCulture);

    static string Gflop(double flops) => (flops / 1e9).ToString(flops < 1e7 ? "0.0000" : "#,0.000", CultureInfo.InvariantCulture);
}
