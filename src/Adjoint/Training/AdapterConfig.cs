using System.Text.Encodings.Web;
using System.Text.Json;
using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Training;

/// <summary><c>adapter_config.json</c>: the settings of adapters as the library PEFT writes them. What comes from a file may be hostile until <see cref="Read(string)"/> returns.</summary>
/// <param name="Settings">The settings; the targets are names of the other library, or their ends.</param>
/// <param name="BaseModel">What the model is called that the adapters belong to; null where it is not said.</param>
/// <param name="TakesAll">Whether the target is <c>all-linear</c>: every linear layer but the head.</param>
internal sealed record AdapterConfig(LoraSettings Settings, string? BaseModel, bool TakesAll)
{
    const int MostRank = 1 << 20;
    const long LongestBytes = 1 << 20;

    /// <summary>Fields that change what an adapter computes or holds, and mean nothing where they are empty.</summary>
    static readonly string[] Unsupported = ["rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform", "layer_replication", "megatron_config", "trainable_token_indices", "target_parameters", "exclude_modules"];

    public static byte[] Write(LoraSettings settings, IEnumerable<string> targets, AdapterNames names, string? baseModel)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("base_model_name_or_path", baseModel);
            json.WriteString("bias", "none");
            json.WriteBoolean("fan_in_fan_out", names.IsTransposed);
            json.WriteBoolean("inference_mode", true);
            json.WriteNumber("lora_alpha", settings.Alpha);
            json.WriteNumber("lora_dropout", settings.Dropout);
            json.WriteString("peft_type", "LORA");
            json.WriteNumber("r", settings.Rank);
            json.WriteStartArray("target_modules");
            foreach (string target in targets) json.WriteStringValue(target);
            json.WriteEndArray();
            json.WriteString("task_type", "CAUSAL_LM");
            json.WriteBoolean("use_dora", settings.HasMagnitudes);
            json.WriteBoolean("use_rslora", settings.IsRankStabilized);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <exception cref="FormatException">The file is not such a file, or asks for what there is not here.</exception>
    public static AdapterConfig Read(string path)
    {
        string file = path.Quoted();
        if (new FileInfo(path).Length > LongestBytes) throw new FormatException($"adapter: settings must be a file of at most {LongestBytes} bytes, but {file} has {new FileInfo(path).Length}.");
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(json.RootElement, file);
        }
        catch (JsonException e)
        {
            throw new FormatException($"adapter: settings must be valid JSON, but those of {file} are not: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The parser's word for a string that is not valid Unicode.
            throw new FormatException($"adapter: settings must be valid Unicode text, but {file} holds some that is not.", e);
        }
    }

    static AdapterConfig Read(JsonElement root, string file)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException($"adapter: settings must be a JSON object, but {file} holds {Named(root.ValueKind)}.");
        if (Text(root, "peft_type", file) is var type && type != "LORA") throw new FormatException($"adapter: peft_type must be 'LORA', but in {file} it is {type?.Quoted() ?? "missing"}.");
        if (Text(root, "bias", file) is { } bias && bias != "none") throw new FormatException($"adapter: bias must be 'none', but in {file} it is {bias.Quoted()}.");
        foreach (string name in Unsupported)
            if (root.TryGetProperty(name, out JsonElement value) && !IsEmpty(value)) throw new FormatException($"adapter: {name} must be empty, because nothing here does what it asks for, but in {file} it is not.");
        var settings = new LoraSettings
        {
            Rank = (int)Number(root, "r", file, n => n >= 1 && n <= MostRank && n == Math.Floor(n), $"a whole number from 1 to {MostRank}"),
            Alpha = Number(root, "lora_alpha", file, n => n > 0 && double.IsFinite(n), "a finite number above 0"),
            Dropout = root.TryGetProperty("lora_dropout", out _) ? Number(root, "lora_dropout", file, n => n >= 0 && n < 1, "a number of at least 0 and below 1") : 0,
            IsRankStabilized = Flag(root, "use_rslora", file),
            HasMagnitudes = Flag(root, "use_dora", file),
            Targets = Targets(root, file, out bool all),
        };
        return new(settings, Text(root, "base_model_name_or_path", file), all);
    }

    static string[] Targets(JsonElement root, string file, out bool all)
    {
        all = root.TryGetProperty("target_modules", out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() == "all-linear";
        if (all) return ["*"];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw new FormatException($"adapter: target_modules must be a list of names or 'all-linear', but in {file} it is {(value.ValueKind == JsonValueKind.Array ? "an empty list" : Named(value.ValueKind))}.");
        string[] targets = [.. value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : throw new FormatException($"adapter: target_modules must be a list of names, but in {file} it holds {Named(v.ValueKind)}."))];
        if (Array.Exists(targets, t => t.Length == 0)) throw new FormatException($"adapter: target_modules must be a list of names, but in {file} one is empty.");
        return targets;
    }

    static double Number(JsonElement root, string name, string file, Func<double, bool> fits, string rule)
    {
        if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && fits(number)) return number;
        throw new FormatException($"adapter: {name} must be {rule}, but in {file} it is {(value.ValueKind is JsonValueKind.Number ? value.GetRawText() : Named(value.ValueKind))}.");
    }

    static bool Flag(JsonElement root, string name, string file) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new FormatException($"adapter: {name} must be true or false, but in {file} it is {Named(value.ValueKind)}."));

    static string? Text(JsonElement root, string name, string file)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"adapter: {name} must be text, but in {file} it is {Named(value.ValueKind)}.");
    }

    static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    static string Named(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Undefined => "missing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };
}
