using System.Text;
using System.Text.Json;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>Recipes as text: read, changed by the command line, checked, written.</summary>
internal static class RecipeFile
{
    const int MostProblems = 5;

    /// <summary>Reads a file; paths in it are then whole.</summary>
    /// <exception cref="Adjoint.FormatException">The file breaks a rule; a sentence for each of the first few, with its line.</exception>
    /// <exception cref="UsageException">What the command line changes breaks one.</exception>
    public static Recipe Read(string path, IReadOnlyList<Override>? overrides = null)
    {
        long length = new FileInfo(path).Length;
        if (length > JsonTreeReader.MostBytes) throw new FormatException($"{path}: a recipe must have at most {JsonTreeReader.MostBytes} bytes, but it has {length}.");
        Recipe recipe = Parse(File.ReadAllBytes(path), path, overrides);
        return recipe with { Schema = null, Data = recipe.Data.At(Path.GetDirectoryName(Path.GetFullPath(path))!) };
    }

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static Recipe Parse(ReadOnlySpan<byte> text, string name, IReadOnlyList<Override>? overrides = null)
    {
        JsonTree tree = new JsonTreeReader(name).Read(text);
        foreach (Override change in overrides ?? []) if (tree is JsonObjectTree) change.Apply(tree);
        Refuse(SchemaCheck.Of(tree));
        Recipe recipe = Deserialized(tree, name);
        Refuse([.. recipe.Mismatches().Select(m => Placed(m.Property, m.Sentence, (JsonObjectTree)tree))]);
        return recipe;
    }

    /// <summary>A recipe as text; what it leaves to defaults is written out.</summary>
    public static string Text(Recipe recipe) => JsonSerializer.Serialize(recipe, RecipeJson.Options) + "\n";

    static void Refuse(IReadOnlyList<Problem> problems)
    {
        if (problems.Count == 0) return;
        var text = new StringBuilder(string.Join('\n', problems.Take(MostProblems).Select(p => p.Sentence)));
        if (problems.Count > MostProblems) text.Append($"\n… and {problems.Count - MostProblems} more.");
        throw problems.Any(p => p.IsOption) ? new UsageException(text.ToString()) : new FormatException(text.ToString());
    }

    static Problem Placed(string property, string sentence, JsonObjectTree tree)
    {
        JsonTree at = tree[property] ?? tree;
        return new($"{at.Place}: {sentence}", at.IsOption);
    }

    // The schema has been checked: what fails here still is a rule that it does not have.
    static Recipe Deserialized(JsonTree tree, string name)
    {
        try
        {
            return tree.Plain().Deserialize<Recipe>(RecipeJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new FormatException($"{name}: a recipe must be what its schema says, but {e.Message.Quoted()[1..^1].TrimEnd('.')}.", e);
        }
    }
}
