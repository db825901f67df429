using System.Text.Json;
using System.Text.Json.Nodes;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>A value of a recipe with the place that it comes from: a line of a file, or an option of the command line.</summary>
/// <param name="Place">What an error begins with: <c>recipe.json, line 12</c> or <c>--set training.epochs</c>.</param>
/// <param name="IsOption">Whether it comes from the command line.</param>
internal abstract record JsonTree(string Place, bool IsOption)
{
    /// <summary>How an error shows it: a short value as it is written, or what it is.</summary>
    public abstract string Shown { get; }

    /// <summary>The same without places.</summary>
    public abstract JsonNode? Plain();
}

/// <summary>An object: its properties in the order of the file.</summary>
internal sealed record JsonObjectTree(string Place, bool IsOption, List<JsonPropertyTree> Properties) : JsonTree(Place, IsOption)
{
    public override string Shown => "an object";

    public JsonTree? this[string name] => Properties.Find(p => p.Name == name)?.Value;

    /// <summary>Gives a property a value, in place of the one it has; null takes it away.</summary>
    public void Set(string name, JsonTree value)
    {
        int at = Properties.FindIndex(p => p.Name == name);
        if (value is JsonValueTree { Type: JsonTokenType.Null })
        {
            Properties.RemoveAll(p => p.Name == name);
            return;
        }

        if (at < 0) Properties.Add(new(name, value.Place, value.IsOption, value));
        else Properties[at] = Properties[at] with { Value = value };
    }

    public override JsonNode Plain() => new JsonObject(Properties.Select(p => KeyValuePair.Create(p.Name, p.Value.Plain())));
}

/// <summary>A property: its name has a place of its own.</summary>
internal sealed record JsonPropertyTree(string Name, string Place, bool IsOption, JsonTree Value);

/// <summary>A list.</summary>
internal sealed record JsonListTree(string Place, bool IsOption, List<JsonTree> Items) : JsonTree(Place, IsOption)
{
    public override string Shown => Items.Count == 0 ? "an empty list" : "a list";

    public override JsonNode Plain() => new JsonArray([.. Items.Select(i => i.Plain())]);
}

/// <summary>A text, a number, true, false or null.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="IsOption">Whether it comes from the command line.</param>
/// <param name="Type">Which of them.</param>
/// <param name="Text">The text itself, or the number's digits.</param>
internal sealed record JsonValueTree(string Place, bool IsOption, JsonTokenType Type, string Text) : JsonTree(Place, IsOption)
{
    const int Longest = 60;

    public override string Shown
    {
        get
        {
            string text = Text.Length > Longest ? Text[..(char.IsHighSurrogate(Text[Longest - 1]) ? Longest - 1 : Longest)] + "…" : Text;
            return Type == JsonTokenType.String ? JsonSerializer.Serialize(text, RecipeJson.Options) : text;
        }
    }

    public override JsonNode? Plain() => Type switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => JsonValue.Create(Text),
        JsonTokenType.Number => JsonNode.Parse(Text),
        _ => JsonValue.Create(Type == JsonTokenType.True),
    };
}
