using System.Text.Json.Nodes;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>Compares a recipe with the schema: all that the schema says with <c>type</c>, <c>properties</c>, <c>required</c>, <c>enum</c>, limits, <c>items</c> and kinds.</summary>
internal sealed class SchemaCheck
{
    readonly List<Problem> _problems = [];

    /// <summary>Everything that is wrong, in the order of the recipe.</summary>
    public static IReadOnlyList<Problem> Of(JsonTree recipe)
    {
        var check = new SchemaCheck();
        check.Value(recipe, RecipeSchema.Root, "");
        return check._problems;
    }

    void Value(JsonTree tree, JsonObject schema, string path)
    {
        schema = RecipeSchema.Resolved(schema);
        if (SchemaRule.Broken(tree, schema) is { } rule) Say(tree.Place, tree.IsOption, $"{(path.Length == 0 ? "a recipe" : path)} must be {rule}, but it is {tree.Shown}.");
        else if (tree is JsonObjectTree { } properties) Object(properties, schema, path);
        else if (tree is JsonListTree list && schema["items"] is JsonObject items)
            for (int i = 0; i < list.Items.Count; i++) Value(list.Items[i], items, $"{path}[{i}]");
    }

    void Object(JsonObjectTree tree, JsonObject schema, string path)
    {
        Duplicates(tree, path);
        if (schema["anyOf"] is JsonArray kinds)
        {
            if (Kind(tree, kinds, path) is { } kind) Properties(tree, kind, path);
        }
        else
        {
            Properties(tree, schema, path);
        }
    }

    JsonObject? Kind(JsonObjectTree tree, JsonArray kinds, string path)
    {
        JsonTree? given = tree[RecipeJson.Kind];
        JsonObject? found = kinds.OfType<JsonObject>().FirstOrDefault(k => given is JsonValueTree { Type: System.Text.Json.JsonTokenType.String } v && v.Text == Name(k));
        if (found is not null) return found;
        string[] names = [.. kinds.OfType<JsonObject>().Select(Name)];
        if (given is null) Say(tree.Place, tree.IsOption, $"{path} must have the property '{RecipeJson.Kind}' ({Words.Or(names)}), but it has none of that name.");
        else Say(given.Place, given.IsOption, $"{path}.{RecipeJson.Kind} must be {Words.Or(names)}, but it is {given.Shown}.{Words.DidYouMean((given as JsonValueTree)?.Text ?? "", names)}");
        return null;

        static string Name(JsonObject kind) => (string)kind["properties"]![RecipeJson.Kind]!["const"]!;
    }

    void Properties(JsonObjectTree tree, JsonObject schema, string path)
    {
        var known = (JsonObject)schema["properties"]!;
        string inner = path.Length == 0 ? "" : $"{path}.";
        foreach (JsonNode? name in schema["required"] as JsonArray ?? [])
            if (tree[(string)name!] is null) Say(tree.Place, tree.IsOption, $"{(path.Length == 0 ? "a recipe" : path)} must have the property '{name}', but it has none of that name.");
        foreach (JsonPropertyTree property in tree.Properties)
        {
            if (known[property.Name] is JsonObject own)
            {
                if (property.Name != RecipeJson.Kind || !own.ContainsKey("const")) Value(property.Value, own, inner + property.Name);
                continue;
            }

            string[] names = [.. known.Select(p => p.Key)];
            Say(property.Place, property.IsOption, $"a property of {(path.Length == 0 ? "a recipe" : path)} must be {Words.Or(names)}, but it is {Words.Quoted(property.Name)}.{Words.DidYouMean(property.Name, names)}");
        }
    }

    void Duplicates(JsonObjectTree tree, string path)
    {
        foreach (JsonPropertyTree again in tree.Properties.GroupBy(p => p.Name).SelectMany(g => g.Skip(1)))
            Say(again.Place, again.IsOption, $"a property may be given once, but {(path.Length == 0 ? "" : $"{path}.")}{Words.Quoted(again.Name)[1..^1]} is given again.");
    }

    void Say(string place, bool isOption, string sentence) => _problems.Add(new($"{place}: {sentence}", isOption));
}

/// <summary>One thing that is wrong with a recipe.</summary>
/// <param name="Sentence">The sentence, with its place.</param>
/// <param name="IsOption">Whether the command line said it, and not a file.</param>
internal sealed record Problem(string Sentence, bool IsOption);
