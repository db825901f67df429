using System.Text.Json;
using System.Text.Unicode;
using Adjoint.Formats;

namespace Adjoint.Language.Folders;

/// <summary>A JSON object from a file, read by name and kind; what does not fit is a sentence with the file's name.</summary>
internal sealed class JsonFile
{
    /// <summary>Sizes are multiplied with each other: three of these fit into 64 bits.</summary>
    public const int LargestSize = 1 << 30;

    /// <summary>The largest published tokenizer has 33 MB.</summary>
    const long LongestBytes = 256 << 20;

    static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    readonly JsonElement _element;
    readonly string _where;

    JsonFile(JsonElement element, string file, string where) => (_element, File, _where) = (element, file, where);

    /// <summary>The path, quoted.</summary>
    public string File { get; }

    public static JsonFile Read(string path)
    {
        long bytes = new FileInfo(path).Length;
        string file = path.Quoted();
        if (bytes > LongestBytes) throw new FormatException($"json: a file has at most {LongestBytes} bytes, but {file} has {bytes}.");
        try
        {
            byte[] content = System.IO.File.ReadAllBytes(path);
            if (!Utf8.IsValid(content)) throw new FormatException($"json: a file must be valid Unicode, but {file} is not.");
            JsonElement root = JsonDocument.Parse(content, Options).RootElement;
            return root.ValueKind == JsonValueKind.Object ? new(root, file, "") : throw new FormatException($"json: a file must hold an object, but {file} holds {Kind(root)}.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"json: a file must be valid JSON, but {file} is not: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's word for a name with half a surrogate pair.
            throw new FormatException($"json: a file must be valid Unicode, but {file} is not.", e);
        }
    }

    public bool Has(string name) => _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether there is such an entry, be it null.</summary>
    public bool Mentions(string name) => _element.TryGetProperty(name, out _);

    public int Size(string name, int? otherwise = null) => Integer(name, 1, LargestSize) ?? otherwise ?? throw Missing(name);

    public int? Integer(string name, int least, int most)
    {
        if (!Has(name)) return null;
        JsonElement value = _element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most ? number : throw Wrong(name, value, $"a whole number from {least} to {most}");
    }

    public double Number(string name, double? otherwise = null)
    {
        if (!Has(name)) return otherwise ?? throw Missing(name);
        JsonElement value = _element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(name, value, "a finite number");
    }

    public bool Flag(string name, bool otherwise)
    {
        if (!Has(name)) return otherwise;
        JsonElement value = _element.GetProperty(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false");
    }

    public string? Text(string name)
    {
        if (!Has(name)) return null;
        JsonElement value = _element.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? String(value) : throw Wrong(name, value, "text");
    }

    public JsonFile? Object(string name)
    {
        if (!Has(name)) return null;
        JsonElement value = _element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Object ? new(value, File, $"{_where}{name}.") : throw Wrong(name, value, "an object");
    }

    /// <summary>The entries of a list; none where there is no such list.</summary>
    public IEnumerable<JsonElement> List(string name)
    {
        if (!Has(name)) return [];
        JsonElement value = _element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(name, value, "a list");
    }

    /// <summary>The objects of a list.</summary>
    public IEnumerable<JsonFile> Objects(string name) => List(name).Select((e, i) =>
        e.ValueKind == JsonValueKind.Object ? new JsonFile(e, File, $"{_where}{name}[{i}].") : throw Wrong($"{name}[{i}]", e, "an object"));

    /// <summary>The names of this object and what they are.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Entries()
    {
        foreach (JsonProperty property in _element.EnumerateObject()) yield return (Name(property), property.Value);
    }

    /// <summary>The text of an entry.</summary>
    public string TextOf(string name, JsonElement value) => value.ValueKind == JsonValueKind.String ? String(value) : throw Wrong(name, value, "text");

    /// <summary>The number of an entry.</summary>
    public int IntegerOf(string name, JsonElement value, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 && number <= most ? number : throw Wrong(name, value, $"a whole number from 0 to {most}");

    /// <summary>The sentence for a value that is not supported.</summary>
    public FormatException Unsupported(string name, string rule) => new($"json: {rule}, but '{_where}{name}' in {File} is {Shown(_element.GetProperty(name))}.");

    FormatException Missing(string name) => new($"json: '{_where}{name}' must be given, but {File} has none.");

    FormatException Wrong(string name, JsonElement value, string rule) => new($"json: {$"{_where}{name}".Quoted()} must be {rule}, but in {File} it is {Shown(value)}.");

    string String(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"json: text must be valid Unicode, but {File} holds some that is not.", e);
        }
    }

    string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"json: text must be valid Unicode, but {File} holds some that is not.", e);
        }
    }

    static string Shown(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Kind(value) : value.GetRawText().Length > 60 ? Kind(value) : value.GetRawText();

    static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };
}
