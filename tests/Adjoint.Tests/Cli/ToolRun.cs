using Adjoint.Cli;

namespace Adjoint.Tests.Cli;

/// <summary>What a command line did.</summary>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    /// <summary>Runs the tool in this process.</summary>
    public static async Task<ToolRun> Of(string[] args, CancellationToken cancellation = default)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = await Tool.RunAsync(args, output, error, cancellation);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>A writer that asks for cancellation when a line contains a text: a user who watches and presses Ctrl-C.</summary>
    public static async Task<ToolRun> InterruptedAt(string text, string[] args)
    {
        using var stop = new CancellationTokenSource();
        var output = new Watcher(text, stop) { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = await Tool.RunAsync(args, output, error, stop.Token);
        return new(code, output.ToString(), error.ToString());
    }

    sealed class Watcher(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true) stop.Cancel();
        }
    }
}
