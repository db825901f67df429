using System.Text.Json;

namespace Adjoint.Conformance;

/// <summary>A case's keyword arguments, read as the operation needs them.</summary>
public sealed class Settings(JsonElement json)
{
    /// <summary>No settings at all.</summary>
    public static Settings None { get; } = new(JsonDocument.Parse("{}").RootElement);

    public bool Has(string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public double Number(string name, double otherwise) => Has(name) ? json.GetProperty(name).GetDouble() : otherwise;

    public int Integer(string name, int otherwise) => Has(name) ? json.GetProperty(name).GetInt32() : otherwise;

    public bool Flag(string name, bool otherwise) => Has(name) ? json.GetProperty(name).GetBoolean() : otherwise;

    public string Text(string name, string otherwise) => Has(name) ? json.GetProperty(name).GetString()! : otherwise;

    /// <summary>One number or a list of them.</summary>
    public int[] Integers(string name) => Has(name) ? [.. List(json.GetProperty(name)).Select(v => v.GetInt32())] : [];

    public double[] Numbers(string name) => [.. List(json.GetProperty(name)).Select(v => v.GetDouble())];

    /// <summary>A list in which null means "none".</summary>
    public int?[] Optional(string name) => [.. List(json.GetProperty(name)).Select(v => v.ValueKind == JsonValueKind.Null ? (int?)null : v.GetInt32())];

    /// <summary>One number for both axes, or two.</summary>
    public (int Height, int Width) Pair(string name, int otherwise)
    {
        int[] values = Has(name) ? Integers(name) : [otherwise];
        return (values[0], values[^1]);
    }

    public Reduction Reduction => Text("reduction", "mean") switch
    {
        "sum" => Reduction.Sum,
        "none" => Reduction.None,
        "mean" => Reduction.Mean,
        string other => throw new Skipped($"reduction '{other}'"),
    };

    public override string ToString() => json.GetRawText();

    static IEnumerable<JsonElement> List(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
}

/// <summary>The case asks for something that is not built yet.</summary>
public sealed class Skipped(string what) : Exception(what);
