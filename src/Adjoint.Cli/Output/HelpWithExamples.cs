using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Adjoint.Cli.Output;

/// <summary>A command that shows how it is used.</summary>
internal interface IExampled
{
    /// <summary>Command lines that work.</summary>
    IReadOnlyList<string> Examples { get; }
}

/// <summary>The usual help text, then examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    const int Width = 110;

    readonly HelpAction _help;

    public HelpWithExamples(HelpAction help)
    {
        _help = help;
        // The same text in a pipe, in a test and in every terminal.
        _help.MaxWidth = Width;
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = _help.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        IEnumerable<string> examples = command is IExampled exampled ? exampled.Examples : command.Subcommands.OfType<IExampled>().Select(c => c.Examples[0]);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (examples.Any()) output.WriteLine("Examples:");
        foreach (string example in examples) output.WriteLine($"  adjoint {example}");
        return code;
    }
}
