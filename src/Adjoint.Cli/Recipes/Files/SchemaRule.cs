using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>The rules of a schema that one value can break by itself.</summary>
internal static class SchemaRule
{
    /// <summary>What the value must be, where it is not that: "a whole number of at least 1".</summary>
    public static string? Broken(JsonTree tree, JsonObject schema) => IsMet(tree, schema) ? null : Rule(tree, schema);

    static bool IsMet(JsonTree tree, JsonObject schema)
    {
        string[] types = Types(schema);
        if (types.Length > 0 && !types.Any(t => IsOf(tree, t))) return false;
        return tree switch
        {
            JsonValueTree { Type: JsonTokenType.String } text => (schema["enum"] is not JsonArray allowed || allowed.Any(a => (string?)a == text.Text))
                && (schema["pattern"] is not { } pattern || Regex.IsMatch(text.Text, (string)pattern!, RegexOptions.NonBacktracking)),
            JsonValueTree { Type: JsonTokenType.Number } number => IsWithin(Parsed(number.Text)!.Value, schema),
            JsonListTree list => (schema["minItems"] is not { } least || list.Items.Count >= (int)least) && (schema["maxItems"] is not { } most || list.Items.Count <= (int)most),
            _ => true,
        };
    }

    static string[] Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(t => (string)t!)],
        { } one => [(string)one!],
        null => [],
    };

    static bool IsOf(JsonTree tree, string type) => (tree, type) switch
    {
        (JsonObjectTree, "object") or (JsonListTree, "array") => true,
        (JsonValueTree { Type: JsonTokenType.String }, "string") => true,
        (JsonValueTree { Type: JsonTokenType.True or JsonTokenType.False }, "boolean") => true,
        (JsonValueTree { Type: JsonTokenType.Number } number, "number") => Parsed(number.Text) is { IsFinite: true },
        // Digits alone: 5.0 and 1e3 are whole numbers to some readers and none to others.
        (JsonValueTree { Type: JsonTokenType.Number } number, "integer") => Int128.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    static bool IsWithin(Amount number, JsonObject schema) =>
        (schema["minimum"] is not { } least || number.CompareTo(Limit(least)) >= 0) && (schema["exclusiveMinimum"] is not { } above || number.CompareTo(Limit(above)) > 0)
        && (schema["maximum"] is not { } most || number.CompareTo(Limit(most)) <= 0) && (schema["exclusiveMaximum"] is not { } below || number.CompareTo(Limit(below)) < 0);

    static Amount Limit(JsonNode limit) => Parsed(limit.ToJsonString())!.Value;

    static Amount? Parsed(string text) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole) ? new(whole, (double)whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? new(null, value) : null;

    static string Rule(JsonTree tree, JsonObject schema)
    {
        if (schema["enum"] is JsonArray allowed) return Words.Or([.. allowed.Select(a => a!.ToJsonString(RecipeJson.Options))]);
        return string.Join(" or ", Types(schema).Select(type => type switch
        {
            "object" => "an object",
            "array" => $"a list{Items(schema)}",
            "string" => schema["pattern"] is { } pattern ? $"a text that matches {pattern}" : "a text",
            "boolean" => "true or false",
            "integer" => $"a whole number{Limits(schema, tree)}",
            _ => $"a number{Limits(schema, tree)}",
        }));
    }

    static string Items(JsonObject schema) => ((int?)schema["minItems"], (int?)schema["maxItems"]) switch
    {
        (1, null) => " of at least one entry",
        ({ } least, { } most) when least == most => $" of {least}",
        _ => "",
    };

    static string Limits(JsonObject schema, JsonTree tree)
    {
        string? least = (string?)schema["minimum"]?.ToJsonString(), most = (string?)schema["maximum"]?.ToJsonString();
        // The ends of a type are told to those alone who went beyond them.
        if (tree is not JsonValueTree { Type: JsonTokenType.Number })
        {
            if (least is IntLeast or LongLeast) least = null;
            if (most is IntMost or LongMost or UnsignedMost) most = null;
        }
        else
        {
            Amount? given = Parsed(((JsonValueTree)tree).Text);
            if (least is IntLeast or LongLeast && given?.CompareTo(Parsed(least)!.Value) >= 0) least = null;
            if (most is IntMost or LongMost or UnsignedMost && given?.CompareTo(Parsed(most)!.Value) <= 0) most = null;
        }

        string? above = schema["exclusiveMinimum"]?.ToJsonString(), below = schema["exclusiveMaximum"]?.ToJsonString();
        if (least is not null && most is not null) return $" from {least} to {most}";
        string low = least is not null ? $" of at least {least}" : above is not null ? $" above {above}" : "";
        string high = most is not null ? $" of at most {most}" : below is not null ? $" below {below}" : "";
        return low.Length > 0 && high.Length > 0 ? $"{low} and{high}" : low + high;
    }

    const string IntLeast = "-2147483648", IntMost = "2147483647", LongLeast = "-9223372036854775808", LongMost = "9223372036854775807", UnsignedMost = "18446744073709551615";

    /// <summary>A number: exact where it is whole.</summary>
    readonly record struct Amount(Int128? Whole, double Value)
    {
        public bool IsFinite => double.IsFinite(Value);

        public int CompareTo(Amount other) => Whole is { } a && other.Whole is { } b ? a.CompareTo(b) : Value.CompareTo(other.Value);
    }
}
