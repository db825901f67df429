using System.CommandLine;
using Adjoint.Cli.FineTuning;
using Adjoint.Cli.Output;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint merge --model PATH --adapter DIR --out PATH</c>.</summary>
internal sealed class MergeCommand : Command, IExampled
{
    readonly Option<string> _model = new("--model") { HelpName = "PATH", Description = "The model, which is not changed: a llama2.c .bin file, a folder with a Hugging Face checkpoint, or a run's folder of a text recipe.", Required = true };
    readonly Option<string> _adapter = new("--adapter") { HelpName = "DIR", Description = "The folder with the adapters (adjoint finetune, or PEFT).", Required = true };
    readonly Option<string> _out = new("--out") { HelpName = "PATH", Description = "The new model, in the format of the old one: a .bin file for a .bin file, otherwise a new or empty folder.", Required = true };
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<bool> _quiet = Shared.Quiet();

    public MergeCommand() : base("merge", "Writes adapters into the weights of a copy of their model, which then is as fast as before and needs no adapters.")
    {
        foreach (Option option in (Option[])[_model, _adapter, _out, _threads, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "merge --model stories260K.bin --adapter runs/verses --out verses.bin",
        "merge --model llama-3.2-1b/ --adapter runs/letters --out llama-letters/",
    ];

    int Run(ParseResult parsed)
    {
        Shared.UseThreads(parsed.GetValue(_threads));
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        string model = parsed.GetRequiredValue(_model), adapter = parsed.GetRequiredValue(_adapter), path = parsed.GetRequiredValue(_out);
        MergedModel.CheckPath(model, path);
        var before = BaseFiles.Of(model);
        int layers = MergedModel.Write(model, adapter, path);
        before.MustBeTheSame(Name);
        screen.Line($"adapters of {layers} linear layers are part of {path}");
        foreach (string line in before.Lines) screen.Line($"sha256 of the model before and after: {line}");
        return Tool.Success;
    }
}
