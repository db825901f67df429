using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>The JSON schema (draft 2020-12) of recipes, made from the records: what editors complete by, and what <see cref="SchemaCheck"/> checks by.</summary>
internal static class RecipeSchema
{
    static readonly JsonSchemaExporterOptions Exporting = new() { TreatNullObliviousAsNonNullable = true };

    /// <summary>The schema.</summary>
    public static JsonObject Root { get; } = Made();

    /// <summary>The schema as its file has it.</summary>
    public static string Text { get; } = Root.ToJsonString(RecipeJson.Options) + "\n";

    /// <summary>A schema itself, where a node only refers to it.</summary>
    public static JsonObject Resolved(JsonObject schema) => (string?)schema["$ref"] is { } path ? (JsonObject)Root["$defs"]![path["#/$defs/".Length..]]! : schema;

    static JsonObject Made()
    {
        var definitions = new JsonObject { ["training"] = Record(typeof(TrainingRecipe), "How long and how carefully to train.") };
        foreach ((string name, Type family) in Kinds.Families) definitions[name] = Union(family);
        JsonObject root = Record(typeof(Recipe), "A training for the tool adjoint: data, model, objective, optimizer, schedule, and how long.");
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Adjoint recipe");
        root["$defs"] = definitions;
        return root;
    }

    static JsonObject Union(Type family) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray(RecipeJson.Kind),
        ["anyOf"] = new JsonArray([.. Kinds.Of(family).Select(k => (JsonNode)Record(k.Type, k.Kind.Description, k.Kind.Name))]),
    };

    static JsonObject Record(Type type, string description, string? kind = null)
    {
        object defaults = Activator.CreateInstance(type)!;
        var properties = new JsonObject();
        if (kind is not null) properties[RecipeJson.Kind] = new JsonObject { ["const"] = kind };
        IList<JsonPropertyInfo> all = RecipeJson.Options.GetTypeInfo(type).Properties;
        foreach (JsonPropertyInfo property in all) properties[property.Name] = Property(property, defaults);
        var schema = new JsonObject { ["description"] = description, ["type"] = "object", ["properties"] = properties };
        string[] required = [.. all.Where(p => p.IsRequired).Select(p => p.Name)];
        if (kind is not null || required.Length > 0) schema["required"] = new JsonArray([.. (kind is null ? required : required.Prepend(RecipeJson.Kind)).Select(n => (JsonNode)n)]);
        schema["additionalProperties"] = false;
        return schema;
    }

    static JsonObject Property(JsonPropertyInfo property, object defaults)
    {
        var member = (PropertyInfo)property.AttributeProvider!;
        string description = Of<DescriptionAttribute>(member)?.Description ?? throw new InvalidOperationException($"schema: every property needs a description, but {member.DeclaringType!.Name}.{member.Name} has none.");
        JsonObject schema = Value(property.PropertyType, member);
        schema.Insert(0, "description", description);
        if (Of<NotEmptyAttribute>(member) is not null) schema["minItems"] = 1;
        // What a record or a list of records holds by default, its own schema says.
        bool isPlain = !schema.ContainsKey("$ref") && schema["items"]?["$ref"] is null;
        if (!property.IsRequired && isPlain && property.Get!(defaults) is { } value) schema["default"] = JsonSerializer.SerializeToNode(value, property.PropertyType, RecipeJson.Options);
        return schema;
    }

    static JsonObject Value(Type type, PropertyInfo member)
    {
        if (Kinds.IsFamily(type)) return Reference(type.GetCustomAttribute<FamilyAttribute>()!.Name);
        if (type == typeof(TrainingRecipe)) return Reference("training");
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(Pair)) return Pair(member);
        if (plain == typeof(CsvColumn)) return new() { ["type"] = new JsonArray("string", "integer"), ["minimum"] = int.MinValue, ["maximum"] = int.MaxValue };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return new() { ["type"] = "array", ["items"] = Value(type.GetGenericArguments()[0], member) };
        var schema = (JsonObject)RecipeJson.Options.GetJsonSchemaAsNode(plain, Exporting);
        if (plain.IsEnum) schema.Insert(0, "type", "string");
        Limit(schema, plain, member);
        return schema;
    }

    static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    static JsonObject Pair(PropertyInfo member)
    {
        JsonObject one = Value(typeof(int), member);
        var schema = new JsonObject { ["type"] = new JsonArray("integer", "array"), ["minimum"] = one["minimum"]!.DeepClone(), ["maximum"] = one["maximum"]!.DeepClone() };
        schema["items"] = one;
        (schema["minItems"], schema["maxItems"]) = (2, 2);
        return schema;
    }

    static void Limit(JsonObject schema, Type type, PropertyInfo member)
    {
        if (Of<OneOfAttribute>(member) is { } allowed && type == typeof(string)) schema["enum"] = new JsonArray([.. allowed.Values.Select(v => (JsonNode)v)]);
        if (Of<PatternAttribute>(member) is { } pattern && type == typeof(string)) schema["pattern"] = pattern.Pattern;
        if ((string?)schema["type"] is not ("integer" or "number")) return;
        if (Of<AtLeastAttribute>(member) is { } least) schema["minimum"] = Number(least.Value);
        else if (Of<AboveAttribute>(member) is { } above) schema["exclusiveMinimum"] = Number(above.Value);
        else if (Range(type) is { } range) schema["minimum"] = range.Least;
        if (Of<AtMostAttribute>(member) is { } most) schema["maximum"] = Number(most.Value);
        else if (Of<BelowAttribute>(member) is { } below) schema["exclusiveMaximum"] = Number(below.Value);
        else if (Range(type) is { } range) schema["maximum"] = range.Most;
    }

    static JsonValue Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);

    static (JsonNode Least, JsonNode Most)? Range(Type type) =>
        type == typeof(int) ? (int.MinValue, int.MaxValue) : type == typeof(long) ? (long.MinValue, long.MaxValue) : type == typeof(ulong) ? (ulong.MinValue, ulong.MaxValue) : null;

    // An override has the attributes of what it overrides.
    static T? Of<T>(PropertyInfo member) where T : Attribute => (T?)Attribute.GetCustomAttribute(member, typeof(T), inherit: true);
}
