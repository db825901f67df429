using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Adjoint.Cli.Runs;
using Adjoint.Formats;
using Adjoint.Language;

namespace Adjoint.Cli.Commands;

/// <summary>The options of commands that go on with a text: which model, and how tokens are chosen.</summary>
internal sealed class TextOptions
{
    readonly Option<string> _model = new("--model") { HelpName = "PATH", Description = "The model: a run's folder of a text recipe, a llama2.c .bin file, or a folder with a Hugging Face checkpoint.", Required = true };
    readonly Option<string?> _tokenizer = Tokenizer();
    readonly Option<string?> _adapter = Adapter();
    readonly Option<int?> _tokens;
    readonly Option<double?> _temperature = Number("--temperature", "T", "What scores are divided by before one token is drawn: below 1 safer, above 1 wilder; 0 always takes the likeliest token; 1 by default.", "a number of at least 0", t => t >= 0);
    readonly Option<int?> _topK = Shared.Count("--top-k", "Draw from the N likeliest tokens only.");
    readonly Option<double?> _topP = Number("--top-p", "P", "Draw from the fewest tokens that together have this probability (nucleus).", "a number above 0 and up to 1", p => p is > 0 and <= 1);
    readonly Option<double?> _minP = Number("--min-p", "P", "Draw from tokens at least P times as likely as the likeliest.", "a number from 0 to 1", p => p is >= 0 and <= 1);
    readonly Option<double?> _penalty = Number("--repetition-penalty", "X", "Make tokens that the model sees in its text less likely: their scores are divided by X, negative ones multiplied.", "a number above 0", x => x > 0);
    readonly Option<string[]> _stop = new("--stop") { HelpName = "TEXT", Description = "End where this text appears, without it; may be given several times. \\n is a new line." };
    readonly Option<ulong?> _seed = Shared.Seed();
    readonly Option<int?> _threads = Shared.Threads();

    public TextOptions(string tokens) => _tokens = Shared.Count("--tokens", tokens);

    public IReadOnlyList<Option> All => [_model, _tokenizer, _adapter, _tokens, _temperature, _topK, _topP, _minP, _penalty, _stop, _seed, _threads];

    public static Option<string?> Tokenizer() => new("--tokenizer") { HelpName = "PATH", Description = "The tokenizer's file, where it does not lie beside the model." };

    public static Option<string?> Adapter() => new("--adapter") { HelpName = "DIR", Description = "A folder with adapters (adjoint finetune, or PEFT), which the model uses without being changed." };

    /// <summary>The model.</summary>
    public PretrainedModel Model(ParseResult parsed, string command)
    {
        Shared.UseThreads(parsed.GetValue(_threads));
        return LanguageModelFile.Load(parsed.GetRequiredValue(_model), parsed.GetValue(_tokenizer), parsed.GetValue(_adapter), command);
    }

    /// <summary>How tokens are chosen.</summary>
    public GenerationSettings Settings(ParseResult parsed)
    {
        var settings = new GenerationSettings();
        settings = settings with
        {
            Sampling = new()
            {
                Temperature = parsed.GetValue(_temperature) ?? 1,
                TopK = parsed.GetValue(_topK),
                TopP = parsed.GetValue(_topP) ?? 1,
                MinP = parsed.GetValue(_minP) ?? 0,
                RepetitionPenalty = parsed.GetValue(_penalty) ?? 1,
            },
            Tokens = parsed.GetValue(_tokens) ?? settings.Tokens,
            Stop = [.. (parsed.GetValue(_stop) ?? []).Select(Lines)],
            Seed = parsed.GetValue(_seed) ?? settings.Seed,
        };
        return settings;
    }

    /// <summary>A text of the command line, in which <c>\n</c> is a new line.</summary>
    public static string Lines(string text) => text.Replace("\\n", "\n", StringComparison.Ordinal);

    static Option<double?> Number(string name, string unit, string description, string rule, Func<double, bool> fits) => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = (ArgumentResult result) =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && fits(value)) return value;
            result.AddError($"{name} must be {rule}, but it is {text.Quoted()}.");
            return null;
        },
    };
}
