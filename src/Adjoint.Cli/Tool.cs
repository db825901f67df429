using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Adjoint.Cli.Commands;
using Adjoint.Cli.Output;

namespace Adjoint.Cli;

/// <summary>The tool as a function: arguments in, text and an exit code out.</summary>
internal static class Tool
{
    public const int Success = 0, Failure = 1, Usage = 2, Interrupted = 130, Terminated = 143;

    /// <summary>Runs one command line.</summary>
    /// <returns>0; 1 for a failure; 2 for a wrong command line; 130 when it was interrupted.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        ParseResult parsed = Root().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            error.WriteLine($"{Mistake(parsed)} Hint: {Path(parsed.CommandResult.Command)} --help shows what is possible.");
            return Usage;
        }

        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            error.WriteLine("interrupted.");
            return Interrupted;
        }
        catch (UsageException e)
        {
            error.WriteLine(e.Message);
            return Usage;
        }
        catch (Exception e) when (IsExpected(e))
        {
            error.WriteLine(e.Message);
            return Failure;
        }
    }

    // What the user can cause and mend has a sentence; anything else is a defect, and its stack trace is wanted.
    static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or InsufficientMemoryException;

    // For an unknown command the parser's first complaint is that a command is missing.
    static string Mistake(ParseResult parsed) => parsed.CommandResult.Command is RootCommand root && parsed.UnmatchedTokens is [string word, ..]
        ? $"adjoint: the command must be {string.Join(", ", root.Subcommands.SkipLast(1).Select(c => c.Name))} or {root.Subcommands[^1].Name}, but it is '{word}'."
        : parsed.Errors[0].Message;

    static RootCommand Root()
    {
        var root = new RootCommand("Trains neural networks by backpropagation, in pure C#.")
        {
            new TrainCommand(), new FineTuneCommand(), new MergeCommand(), new EvalCommand(), new PredictCommand(), new GenerateCommand(), new ChatCommand(), new DoctorCommand(), new ExplainCommand(), new ProfileCommand(), new InspectCommand(), new RecipesCommand(), new CheckCommand(), new DataCommand(),
        };
        foreach (HelpOption help in root.Options.OfType<HelpOption>()) help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } outer ? $"{Path(outer)} {command.Name}" : "adjoint";
}
