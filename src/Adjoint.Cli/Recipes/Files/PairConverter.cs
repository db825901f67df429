using System.Text.Json;
using System.Text.Json.Serialization;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>A <see cref="Pair"/> as one number for both axes, or as <c>[height, width]</c>.</summary>
internal sealed class PairConverter : JsonConverter<Pair>
{
    public override Pair Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.GetInt32();
        int[] both = JsonSerializer.Deserialize<int[]>(ref reader, options)!;
        return both is [int height, int width] ? (height, width) : throw new JsonException("a pair is two numbers");
    }

    public override void Write(Utf8JsonWriter writer, Pair value, JsonSerializerOptions options)
    {
        if (value.Height == value.Width) writer.WriteNumberValue(value.Height);
        else JsonSerializer.Serialize(writer, (int[])[value.Height, value.Width], options);
    }
}
