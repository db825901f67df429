using System.Text.Json;

namespace Adjoint.Conformance;

/// <summary>A case's keyword arguments, read as the operation needs them. What is read is remembered: a setting that nobody asked for was not obeyed.</summary>
public sealed class Settings(JsonElement json)
{
    readonly HashSet<string> _read = [];

    /// <summary>No settings at all.</summary>
    public static Settings None => new(JsonDocument.Parse("{}").RootElement);

    /// <summary>The framework that the expected values come from, as the file tells.</summary>
    public string Source { get; init; } = "";

    /// <summary>The settings that ask for something and that nobody read; null and false ask for nothing.</summary>
    public IEnumerable<string> Unread => json.EnumerateObject()
        .Where(p => !_read.Contains(p.Name) && p.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
        .Select(p => p.Name);

    public bool Has(string name)
    {
        _read.Add(name);
        return json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Settings that change how fast, or what else is kept, and not the numbers.</summary>
    public Settings Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names) _read.Add(name);
        return this;
    }

    public double Number(string name, double otherwise) => Has(name) ? Value(json.GetProperty(name)) : otherwise;

    public int Integer(string name, int otherwise) => Has(name) ? json.GetProperty(name).GetInt32() : otherwise;

    public bool Flag(string name, bool otherwise) => Has(name) ? json.GetProperty(name).GetBoolean() : otherwise;

    public string Text(string name, string otherwise) => Has(name) ? json.GetProperty(name).GetString()! : otherwise;

    public bool IsText(string name) => Has(name) && json.GetProperty(name).ValueKind == JsonValueKind.String;

    public bool IsList(string name) => Has(name) && json.GetProperty(name).ValueKind == JsonValueKind.Array;

    /// <summary>One number or a list of them; empty where the setting is absent.</summary>
    public int[] Integers(string name) => Has(name) ? [.. List(json.GetProperty(name)).Select(v => v.GetInt32())] : [];

    /// <inheritdoc cref="Integers"/>
    public long[] Longs(string name) => [.. Integers(name).Select(v => (long)v)];

    public string[] Texts(string name) => Has(name) ? [.. List(json.GetProperty(name)).Select(v => v.GetString()!)] : [];

    public double[] Numbers(string name) => Has(name) ? [.. List(json.GetProperty(name)).Select(Value)] : [];

    /// <summary>A list in which null means "none".</summary>
    public int?[] Optional(string name) => Has(name) ? [.. List(json.GetProperty(name)).Select(v => v.ValueKind == JsonValueKind.Null ? (int?)null : v.GetInt32())] : [];

    /// <summary>One number for all axes, or one for each.</summary>
    public int[] Each(string name, int axes, int otherwise)
    {
        int[] values = Has(name) ? Integers(name) : [otherwise];
        return values.Length == 1 ? [.. Enumerable.Repeat(values[0], axes)] : values;
    }

    /// <summary>One number for both axes, or two.</summary>
    public Pair Pair(string name, int otherwise) => Each(name, 2, otherwise) is [int height, int width] ? (height, width) : throw new SkippedException($"'{name}' for other than two axes");

    /// <summary>Numbers, nested as the tensor's axes are, or null where the setting is absent.</summary>
    public Tensor? Tensor(string name, DType dtype)
    {
        if (!Has(name)) return null;
        List<long> shape = [];
        for (JsonElement at = json.GetProperty(name); at.ValueKind == JsonValueKind.Array; at = at[0]) shape.Add(at.GetArrayLength());
        return Adjoint.Tensor.From(Flat(json.GetProperty(name)).ToArray(), Shape.Create(shape.ToArray())).To(dtype);
    }

    public Reduction Reduction => Text("reduction", "mean") switch
    {
        "sum" => Reduction.Sum,
        "none" => Reduction.None,
        "mean" => Reduction.Mean,
        string other => throw new SkippedException($"reduction '{other}'"),
    };

    public override string ToString() => json.GetRawText();

    static JsonElement[] List(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    static IEnumerable<double> Flat(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Flat) : [Value(value)];

    // Infinities and NaN come as text, as Case makes them.
    static double Value(JsonElement value) => value.ValueKind != JsonValueKind.String ? value.GetDouble() : value.GetString() switch
    {
        "inf" or "Infinity" => double.PositiveInfinity,
        "-inf" or "-Infinity" => double.NegativeInfinity,
        "nan" or "NaN" => double.NaN,
        var other => throw new SkippedException($"number '{other}'"),
    };
}
