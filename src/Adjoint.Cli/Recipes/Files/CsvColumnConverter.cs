using System.Text.Json;
using System.Text.Json.Serialization;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>A column of a table by its name, or by its number from 0 (negative: from the end).</summary>
internal sealed class CsvColumnConverter : JsonConverter<CsvColumn>
{
    public override CsvColumn Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetInt32() : reader.GetString()!;

    public override void Write(Utf8JsonWriter writer, CsvColumn value, JsonSerializerOptions options)
    {
        if (value.Name is { } name) writer.WriteStringValue(name);
        else writer.WriteNumberValue(value.Number);
    }
}
