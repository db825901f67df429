using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>The recipes that the tool carries, as files in its assembly.</summary>
internal static class BuiltIn
{
    const string Prefix = "recipes/", Suffix = ".json";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(BuiltIn).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..^Suffix.Length]).Order(StringComparer.Ordinal)];

    /// <summary>The file of a name.</summary>
    public static byte[] Bytes(string name)
    {
        using Stream stream = typeof(BuiltIn).Assembly.GetManifestResourceStream(Prefix + name + Suffix)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The recipe that a command was given: a file, or a name.</summary>
    /// <exception cref="UsageException">There is no such recipe, or the command line changes it wrongly.</exception>
    /// <exception cref="Adjoint.FormatException">The file is no recipe.</exception>
    public static Recipe Find(string given, string command, IReadOnlyList<Override>? overrides = null, IReadOnlyList<string>? others = null)
    {
        if (Names.Contains(given)) return RecipeFile.Parse(Bytes(given), given + Suffix, overrides) with { Schema = null };
        if (File.Exists(given)) return RecipeFile.Read(given, overrides);
        if (Directory.Exists(given)) throw new UsageException($"{command}: the recipe must be a file or a name, but {given.Quoted()} is a folder.{(File.Exists(Path.Combine(given, "recipe.json")) ? $" Hint: {Path.Combine(given, "recipe.json")} repeats that run." : "")}");
        string[] names = [.. Names, .. others ?? []];
        throw new UsageException($"{command}: the recipe must be {string.Join(", ", names)} or a file that exists, but it is {given.Quoted()}.{Words.DidYouMean(given, names)}");
    }
}
