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
