using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Adjoint.Cli.Output;
using Adjoint.Language;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint generate --model PATH</c>.</summary>
internal sealed class GenerateCommand : Command, IExampled
{
    readonly TextOptions _text = new("The most tokens to go on with; 256 by default.");
    readonly Option<string?> _prompt = new("--prompt") { HelpName = "TEXT", Description = "The text to go on with; the beginning of a text by default. \\n is a new line." };
    readonly Option<bool> _echo = new("--echo") { Description = "Print the prompt first." };
    readonly Option<bool> _ids = new("--ids") { Description = "Print the numbers of the tokens, with spaces between, in place of text." };
    readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print no speed." };

    public GenerateCommand() : base("generate", "Goes on with a text, token by token; prints what is new.")
    {
        foreach (Option option in (Option[])[.. _text.All.Take(3), _prompt, .. _text.All.Skip(3), _echo, _ids, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "generate --model stories260K.bin --tokenizer tok512.bin --prompt \"Once upon a time\" --tokens 100",
        "generate --model runs/shakespeare-1 --prompt \"ROMEO:\" --temperature 0.8 --top-p 0.95 --seed 7",
        "generate --model stories260K.bin --tokenizer tok512.bin --adapter runs/finetune-1 --prompt \"And God said\"",
        "generate --model gpt2/ --prompt \"Q: What is a tensor?\\nA:\" --stop \"\\n\" --temperature 0",
        "generate --model stories260K.bin --tokenizer tok512.bin --temperature 0 --tokens 12 --ids --quiet",
    ];

    async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        GenerationSettings settings = _text.Settings(parsed);
        string prompt = TextOptions.Lines(parsed.GetValue(_prompt) ?? "");
        bool asIds = parsed.GetValue(_ids), isEchoed = parsed.GetValue(_echo);
        if (asIds && settings.Stop.Count > 0) throw new UsageException("generate: texts to stop at are looked for in text, but --ids prints none. Hint: leave out one of --stop and --ids.");
        PretrainedModel model = _text.Model(parsed, Name);
        IReadOnlyList<int> ids = prompt.Length == 0 && asIds ? [] : Tokenizer(model).Encode(prompt);
        var text = new Continuation(model);
        text.Append(ids);
        _ = text.Scores();
        (long before, long begin) = (text.Length, Stopwatch.GetTimestamp());
        TextWriter output = parsed.InvocationConfiguration.Output;
        IAsyncEnumerable<string> pieces = asIds
            ? Numbers([.. isEchoed ? ids : []], new TextGenerator(model).Ids(text, settings), cancellation)
            : new TextGenerator(model).Stream(text, settings, cancellation);
        try
        {
            if (isEchoed && !asIds) output.Write(prompt);
            await foreach (string piece in pieces.ConfigureAwait(false))
            {
                output.Write(piece);
                output.Flush();
            }
        }
        finally
        {
            // Also where it was interrupted: what follows begins on a line of its own.
            output.WriteLine();
            output.Flush();
        }

        (double seconds, long tokens) = (Stopwatch.GetElapsedTime(begin).TotalSeconds, text.Length - before);
        if (!parsed.GetValue(_quiet)) parsed.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tokens:#,0} tokens, {tokens / Math.Max(seconds, 1e-9):#,0.0} tokens/s"));
        return Tool.Success;
    }

    static async IAsyncEnumerable<string> Numbers(IEnumerable<int> prompt, IEnumerable<int> next, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string space = "";
        foreach (int id in prompt.Concat(next))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return string.Create(CultureInfo.InvariantCulture, $"{space}{id}");
            space = " ";
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    static Tokenizer Tokenizer(PretrainedModel model) => model.Tokenizer
        ?? throw new UsageException("generate: text needs a tokenizer, but none lies beside the model. Hint: name one with --tokenizer, or begin without a prompt and print --ids.");
}
