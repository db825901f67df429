using System.CommandLine;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Formats;
using Adjoint.Language;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint chat --model PATH</c>.</summary>
internal sealed class ChatCommand : Command, IExampled
{
    const string Place = "{text}";

    readonly TextOptions _text = new("The most tokens of an answer; 256 by default.");
    readonly Option<string> _template = new("--template") { HelpName = "TEXT", Description = $"What the model is given for a line of yours, which stands at {Place}; \\n is a new line.", DefaultValueFactory = _ => Place };

    public ChatCommand() : base("chat", "Answers line by line; the model remembers the conversation. Ctrl-C ends an answer, Ctrl-D (an empty input) the conversation.")
    {
        foreach (Option option in (Option[])[.. _text.All, _template]) Add(option);
        _template.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !text.Contains(Place, StringComparison.Ordinal)) result.AddError($"--template must hold {Place}, but it is {text.Quoted()}.");
        });
        SetAction((parsed, cancellation) => Run(parsed, Console.In, cancellation));
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "chat --model stories260K.bin --tokenizer tok512.bin --tokens 60",
        "chat --model gpt2/ --template \"Question: {text}\\nAnswer:\" --stop \"\\n\" --temperature 0.7",
    ];

    /// <summary>The conversation, with lines from a reader: the terminal's, or a test's.</summary>
    internal async Task<int> Run(ParseResult parsed, TextReader input, CancellationToken cancellation)
    {
        GenerationSettings settings = _text.Settings(parsed);
        string template = TextOptions.Lines(parsed.GetRequiredValue(_template));
        PretrainedModel model = _text.Model(parsed, Name);
        Tokenizer tokenizer = LanguageModelFile.TokenizerOf(model, Name);
        TextWriter output = parsed.InvocationConfiguration.Output;
        (var generator, var text) = (new TextGenerator(model), new Continuation(model));
        for (ulong answer = 0; await Line(input, output, cancellation).ConfigureAwait(false) is { } line; answer++)
        {
            if (line.Length == 0) continue;
            try
            {
                text.Append(tokenizer.Encode(template.Replace(Place, line, StringComparison.Ordinal)));
            }
            catch (ArgumentException e)
            {
                // A character that the model does not know is no reason to forget the conversation.
                parsed.InvocationConfiguration.Error.WriteLine(e.Message);
                continue;
            }

            // Another stream of random numbers for every answer, so that the same question may have another.
            GenerationSettings own = settings with { Seed = settings.Seed + answer };
            await Answer(stop => generator.Stream(text, own, stop), output, cancellation).ConfigureAwait(false);
        }

        output.WriteLine();
        return Tool.Success;
    }

    static async Task<string?> Line(TextReader input, TextWriter output, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        output.Write("> ");
        output.Flush();
        // A read of a terminal cannot be cancelled; whoever interrupts does not wait for it.
        return await Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false);
    }

    static async Task Answer(Func<CancellationToken, IAsyncEnumerable<string>> say, TextWriter output, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interruption = new Interruption(stop);
        try
        {
            await foreach (string piece in say(stop.Token).ConfigureAwait(false))
            {
                output.Write(piece);
                output.Flush();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            output.Write(" …");
        }

        output.WriteLine();
    }
}
