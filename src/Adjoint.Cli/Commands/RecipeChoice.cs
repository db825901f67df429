using System.CommandLine;
using System.Text.Json;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;

namespace Adjoint.Cli.Commands;

/// <summary>Which recipe a command works by: a file or a name, with a preset, with another file to learn from, and changed.</summary>
/// <param name="command">Who asks.</param>
/// <param name="changes">The options that change it.</param>
internal sealed class RecipeChoice(string command, RecipeChanges changes)
{
    readonly Option<string?> _preset = Preset();
    readonly Option<string?> _data = Shared.Data();
    readonly Option<string?> _tokenizer = new("--tokenizer") { HelpName = "PATH", Description = "For a text in byte pairs: a tokenizer.json, or a vocab.json with merges.txt beside it; without it, a tokenizer is learned from the text." };

    /// <summary>All options, those that change the recipe too.</summary>
    public IReadOnlyList<Option> Options => [_preset, _data, _tokenizer, .. changes.Options];

    public static Option<string?> Preset() => new("--preset") { HelpName = "NAME", Description = $"One of a recipe's presets: {string.Join("; ", BuiltIn.Names.Where(n => BuiltIn.Presets(n).Count > 0).Select(n => $"{Words.Or(BuiltIn.Presets(n))} for {n}"))}. The first by default." };

    /// <summary>What --data was given.</summary>
    public string? Data(ParseResult parsed) => parsed.GetValue(_data);

    /// <summary>An option that the command line gives, if there is one, and that a run cannot be given once it has begun.</summary>
    public string? Given(ParseResult parsed) => parsed.GetValue(_preset) is not null ? _preset.Name : parsed.GetValue(_tokenizer) is not null ? _tokenizer.Name : changes.Given(parsed);

    /// <summary>The recipe.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="given">A recipe's file, or its name.</param>
    /// <param name="others">What else might have been meant, for errors.</param>
    /// <exception cref="UsageException">There is no such recipe, or the command line changes it wrongly.</exception>
    /// <exception cref="Adjoint.FormatException">The file is no recipe.</exception>
    public Recipe Read(ParseResult parsed, string given, params IReadOnlyList<string> others)
    {
        Recipe recipe = BuiltIn.Find(given, command, parsed.GetValue(_preset), [.. Tokenizer(parsed), .. changes.Of(parsed)], others);
        // The run's own recipe says where its data was.
        return Data(parsed) is { } path && File.Exists(path) ? recipe with { Data = recipe.Data.From(Path.GetFullPath(path)) ?? throw OnlyFolders(recipe, path) } : recipe;
    }

    IEnumerable<Override> Tokenizer(ParseResult parsed) =>
        parsed.GetValue(_tokenizer) is { } path ? [new(_tokenizer.Name, "data.tokenizer", JsonSerializer.Serialize(Path.GetFullPath(path), RecipeJson.Options))] : [];

    UsageException OnlyFolders(Recipe recipe, string path) =>
        new($"{command}: --data must name a folder, since data of kind {Kinds.NameOf(recipe.Data)} is more than a file, but {Words.Quoted(path)} is a file.");
}
