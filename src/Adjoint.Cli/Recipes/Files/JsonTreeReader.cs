using System.Text;
using System.Text.Json;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>Reads JSON, with comments and trailing commas, into a <see cref="JsonTree"/> that knows the line of every value.</summary>
/// <param name="name">What errors call the text.</param>
/// <param name="isOption">Whether it comes from the command line, where lines mean nothing.</param>
internal sealed class JsonTreeReader(string name, bool isOption = false)
{
    /// <summary>The most bytes of a text.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>How deep objects and lists may stand in each other.</summary>
    public const int Deepest = 64;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    int _counted, _line = 1;

    /// <summary>Reads a text that holds one value.</summary>
    /// <exception cref="Adjoint.FormatException">It is no JSON, or too large, or too deep.</exception>
    public JsonTree Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes) throw new FormatException($"{name}: a recipe must have at most {MostBytes} bytes, but it has {bytes.Length}.");
        try
        {
            Strict.GetCharCount(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"{name}: a recipe must be UTF-8, but it is not.", e);
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
        var reader = new Utf8JsonReader(bytes, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = Deepest });
        try
        {
            reader.Read();
            JsonTree tree = Value(ref reader, bytes);
            reader.Read();
            return tree;
        }
        catch (JsonException e) when (reader.TokenType == JsonTokenType.None && e.Message.Contains("any JSON tokens", StringComparison.Ordinal))
        {
            throw new FormatException($"{name}: a recipe must be a JSON object, but it is empty.", e);
        }
        catch (JsonException e)
        {
            throw new FormatException($"{Place(e)}: a recipe must be valid JSON, but {Reason(e)}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's word for escapes that are half of a character.
            throw new FormatException($"{Place(bytes, reader.TokenStartIndex)}: texts must be Unicode, but one holds half of a character.", e);
        }
    }

    JsonTree Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        string place = Place(bytes, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var properties = new List<JsonPropertyTree>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    (string property, string at) = (reader.GetString()!, Place(bytes, reader.TokenStartIndex));
                    reader.Read();
                    properties.Add(new(property, at, isOption, Value(ref reader, bytes)));
                }

                return new JsonObjectTree(place, isOption, properties);
            case JsonTokenType.StartArray:
                var items = new List<JsonTree>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, bytes));
                return new JsonListTree(place, isOption, items);
            default:
                return new JsonValueTree(place, isOption, reader.TokenType, reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    // Tokens come in the order of the text, so that every line is counted once.
    string Place(ReadOnlySpan<byte> bytes, long index)
    {
        if (isOption) return name;
        _line += bytes[_counted..Math.Max(_counted, (int)index)].Count((byte)'\n');
        _counted = Math.Max(_counted, (int)index);
        return $"{name}, line {_line}";
    }

    string Place(JsonException e) => isOption ? name : $"{name}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}";

    // "'}' is invalid … LineNumber: 2 | BytePositionInLine: 5.": the place is said already, and counted from 1.
    static string Reason(JsonException e)
    {
        string reason = e.Message;
        int end = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (end >= 0) reason = reason[..end];
        return reason.Quoted()[1..^1].TrimEnd('.') + ".";
    }
}
