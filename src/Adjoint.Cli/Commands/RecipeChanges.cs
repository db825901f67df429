using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary>The options that change a recipe: <c>--set</c> for anything in it, and short forms for what is changed most.</summary>
internal sealed class RecipeChanges
{
    readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Change anything in the recipe: training.epochs=5, optimizer.kind=sgd or model.layers[0].out=32. May be given several times.",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.ZeroOrMore,
    };

    readonly List<(Option Option, string Path)> _short;

    RecipeChanges(params List<(Option Option, string Path)> shortForms) => _short = shortForms;

    /// <summary>All options.</summary>
    public IReadOnlyList<Option> Options => [.. _short.Select(s => s.Option), _set];

    /// <summary>Those of a training.</summary>
    public static RecipeChanges OfTraining() => new(
    [
        (Shared.Count("--epochs", "Passes over the training data; the recipe's own number by default."), "training.epochs"),
        (Shared.Count("--max-steps", "Stop after this many steps of the optimizer."), "training.maxSteps"),
        (Shared.Amount("--max-minutes", "MINUTES", "Stop after the step during which this time is over."), "training.maxMinutes"),
        (Shared.Count("--batch-size", "Rows of a batch."), "training.batchSize"),
        (Shared.Count("--accumulate", "How many batches make one step of the optimizer."), "training.accumulate"),
        (Shared.Amount("--lr", "RATE", "The highest learning rate."), "optimizer.learningRate"),
        (Shared.Count("--patience", "Stop after this many epochs without a better validation score."), "training.patience"),
        (Shared.Amount("--clip", "NORM", "Rescale gradients whose common norm is above this."), "training.clip"),
        (Shared.Amount("--average-decay", "DECAY", "Judge and keep averages of the weights of this decay, such as 0.999."), "training.averageDecay"),
        (Precision(), "training.precision"),
        (Shared.Count("--checkpoint-every", "Save all that a resume needs after every N steps, and not only after every epoch."), "training.checkpointEvery"),
        (new Option<bool>("--nan-guard") { Description = "Stop at the first operation that makes NaN or an infinity, and say where." }, "training.nanGuard"),
        (Shared.Seed(), "training.seed"),
    ]);

    /// <summary>Those of a profile.</summary>
    public static RecipeChanges OfProfile(Option batchSize, Option seed) => new([(batchSize, "training.batchSize"), (seed, "training.seed")]);

    /// <summary>The changes of a command line: short forms first, so that <c>--set</c> has the last word.</summary>
    /// <exception cref="UsageException">A <c>--set</c> is no key=value.</exception>
    public IReadOnlyList<Override> Of(ParseResult parsed) =>
    [
        .. _short.Where(s => IsGiven(parsed, s.Option)).Select(s => new Override(s.Option.Name, s.Path, Text(parsed.GetResult(s.Option)!))),
        .. SetOf(parsed).Select(Override.Parse),
    ];

    /// <summary>What <c>--set</c> was given.</summary>
    public string[] SetOf(ParseResult parsed) => parsed.GetValue(_set) ?? [];

    /// <summary>An option that the command line gives, if there is one.</summary>
    public string? Given(ParseResult parsed) => Options.FirstOrDefault(o => IsGiven(parsed, o))?.Name;

    static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    // A flag alone means yes.
    static string Text(OptionResult result) => result.Tokens is [var token, ..] ? token.Value.ToString(CultureInfo.InvariantCulture) : "true";

    static Option<string?> Precision()
    {
        string[] names = [.. TrainingRecipe.Precisions.Select(p => p.Name)];
        return new("--precision")
        {
            HelpName = "NAME",
            Description = $"{string.Join(", ", names)}: in which types products are computed; parameters stay F32.",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (names.Contains(text)) return text;
                result.AddError($"--precision must be {string.Join(" or ", names)}, but it is {text.Quoted()}.");
                return null;
            },
        };
    }
}
