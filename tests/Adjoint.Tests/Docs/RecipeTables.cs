using System.Text;
using System.Text.Json.Nodes;
using Adjoint.Cli.Recipes.Files;

namespace Adjoint.Tests.Docs;

/// <summary>The kinds of recipes and their properties as tables, made from the schema.</summary>
static class RecipeTables
{
    public static string Made()
    {
        var text = new StringBuilder();
        var definitions = (JsonObject)RecipeSchema.Root["$defs"]!;
        foreach (string family in (string[])["data", "augmentation", "model", "layer", "objective", "optimizer", "schedule"])
        {
            text.Append($"\n### {family}\n| kind | what it is | properties |\n|---|---|---|\n");
            foreach (JsonObject kind in definitions[family]!["anyOf"]!.AsArray().OfType<JsonObject>())
                text.Append($"| `{kind["properties"]!["kind"]!["const"]}` | {Cell(kind)} | {Properties(kind)} |\n");
        }

        text.Append("\n### training\n| property | what it is | default |\n|---|---|---|\n");
        foreach ((string name, JsonNode? property) in (JsonObject)definitions["training"]!["properties"]!)
            text.Append($"| `{name}` | {Cell((JsonObject)property!)} | {Default((JsonObject)property!)} |\n");
        return text.ToString();
    }

    static string Cell(JsonObject schema) => ((string)schema["description"]!).Replace("|", "\\|", StringComparison.Ordinal);

    // A name in bold must be given; what has a default says it.
    static string Properties(JsonObject kind)
    {
        HashSet<string> required = [.. kind["required"]!.AsArray().Select(r => (string)r!)];
        return string.Join(", ", ((JsonObject)kind["properties"]!).Where(p => p.Key != RecipeJson.Kind).Select(p =>
            required.Contains(p.Key) ? $"**`{p.Key}`**" : Default((JsonObject)p.Value!) is { Length: > 0 } value ? $"`{p.Key}` {value}" : $"`{p.Key}`"));
    }

    static string Default(JsonObject property) => property["default"] is { } value ? value.ToJsonString(RecipeJson.Options).ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal) : "";
}
