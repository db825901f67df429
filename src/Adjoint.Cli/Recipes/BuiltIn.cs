using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>The recipes that the tool carries, as files in its assembly: <c>digits.json</c>; or <c>gpt/baby.json</c>, a preset of the recipe gpt.</summary>
internal static class BuiltIn
{
    const string Prefix = "recipes/", Suffix = ".json";

    static readonly string[] Files = [.. typeof(BuiltIn).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..^Suffix.Length]).Order(StringComparer.Ordinal)];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Files.Select(f => f.Split('/')[0]).Distinct()];

    /// <summary>The presets of a name, the usual one first; none where it is one recipe.</summary>
    public static IReadOnlyList<string> Presets(string name) => [.. Files.Where(f => f.StartsWith(name + "/", StringComparison.Ordinal)).Select(f => f[(name.Length + 1)..])];

    /// <summary>The file of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="preset">One of its presets, or null for the usual one.</param>
    /// <param name="command">Who asks.</param>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static byte[] Bytes(string name, string? preset, string command)
    {
        IReadOnlyList<string> presets = Presets(name);
        if (preset is not null && presets.Count == 0) throw NoPresets(name, command);
        if (preset is not null && !presets.Contains(preset)) throw new UsageException($"{command}: --preset must be {Words.Or(presets)}, but it is {preset.Quoted()}.{Words.DidYouMean(preset, presets)}");
        using Stream stream = typeof(BuiltIn).Assembly.GetManifestResourceStream($"{Prefix}{name}{(presets.Count == 0 ? "" : $"/{preset ?? presets[0]}")}{Suffix}")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The recipe that a command was given: a file, or a name.</summary>
    /// <exception cref="UsageException">There is no such recipe or preset, or the command line changes it wrongly.</exception>
    /// <exception cref="Adjoint.FormatException">The file is no recipe.</exception>
    public static Recipe Find(string given, string command, string? preset = null, IReadOnlyList<Override>? overrides = null, IReadOnlyList<string>? others = null)
    {
        if (Names.Contains(given))
        {
            Recipe recipe = RecipeFile.Parse(Bytes(given, preset, command), given + Suffix, overrides);
            return recipe with { Schema = null, Data = recipe.Data.At(Directory.GetCurrentDirectory()) };
        }

        if (File.Exists(given)) return preset is null ? RecipeFile.Read(given, overrides) : throw NoPresets(given, command);
        if (Directory.Exists(given)) throw new UsageException($"{command}: the recipe must be a file or a name, but {given.Quoted()} is a folder.{(File.Exists(Path.Combine(given, "recipe.json")) ? $" Hint: {Path.Combine(given, "recipe.json")} repeats that run." : "")}");
        string[] names = [.. Names, .. others ?? []];
        throw new UsageException($"{command}: the recipe must be {string.Join(", ", names)} or a file that exists, but it is {given.Quoted()}.{Words.DidYouMean(given, names)}");
    }

    static UsageException NoPresets(string given, string command) =>
        new($"{command}: --preset is for a recipe with presets ({Words.Or([.. Names.Where(n => Presets(n).Count > 0)])}), but the recipe is {given.Quoted()}.");
}
