using System.Text.Json.Nodes;
using Adjoint.Cli.Recipes.Files;
using Xunit;

namespace Adjoint.Tests.Docs;

/// <summary>The schema of recipes that editors use is that of the records.</summary>
public class RecipeSchemaTests
{
    [Fact]
    public void The_committed_schema_is_that_of_the_records() => GeneratedPage.Check("docs/recipe.schema.json", RecipeSchema.Text);

    [Fact]
    public void The_pages_tables_are_those_of_the_schema()
    {
        const string Page = "docs/recipes.md", Begin = "<!-- tables: made from the code, see CONTRIBUTING.md -->\n", End = "<!-- end of tables -->\n";
        string written = GeneratedPage.Read(Page);
        int from = written.IndexOf(Begin, StringComparison.Ordinal), to = written.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"{Page} must have the lines '{Begin.Trim()}' and '{End.Trim()}', in this order.");
        GeneratedPage.Check(Page, written[..(from + Begin.Length)] + RecipeTables.Made() + written[to..]);
    }

    /// <summary>A rule that only editors would know would be a second truth.</summary>
    [Fact]
    public void The_schema_has_no_rule_that_the_tool_does_not_check()
    {
        HashSet<string> known =
        [
            "$schema", "title", "description", "$defs", "$ref", "type", "properties", "required", "additionalProperties", "anyOf", "const", "enum", "pattern", "default",
            "items", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        ];
        string[] unknown = [.. Schemas(RecipeSchema.Root).SelectMany(s => s).Select(p => p.Key).Where(k => !known.Contains(k)).Distinct()];
        Assert.Empty(unknown);
        Assert.All(Schemas(RecipeSchema.Root).Where(s => s["properties"] is not null), s => Assert.False((bool)s["additionalProperties"]!));

        static IEnumerable<JsonObject> Schemas(JsonObject schema) =>
        [
            schema,
            .. new[] { schema["properties"], schema["$defs"] }.OfType<JsonObject>().SelectMany(o => o).Select(p => p.Value).Append(schema["items"]).Concat(schema["anyOf"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(Schemas),
        ];
    }

    [Fact]
    public void Defaults_keep_to_their_own_rules()
    {
        int checkedOnes = 0;
        foreach (JsonObject schema in Objects(RecipeSchema.Root).Where(s => s["default"] is not null && s["type"] is not null))
        {
            JsonTree tree = new JsonTreeReader("default").Read(System.Text.Encoding.UTF8.GetBytes(schema["default"]!.ToJsonString()));
            Assert.True(SchemaRule.Broken(tree, schema) is null, $"{schema["description"]} {schema["default"]}");
            checkedOnes++;
        }

        Assert.True(checkedOnes > 80);
    }

    static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject tree => tree.SelectMany(p => Objects(p.Value)).Prepend(tree),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };
}
