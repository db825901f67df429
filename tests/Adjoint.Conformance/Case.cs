using System.Text.Json;
using System.Text.RegularExpressions;
using Adjoint.Formats;

namespace Adjoint.Conformance;

/// <summary>One case of a golden file: an operation, its settings, its inputs, and what must come out.</summary>
public sealed partial record Case(string Name, string Operation, Settings Settings, Case.Input[] Inputs, string[] Outputs, string[] OutputGradients, string?[] Gradients)
{
    public sealed record Input(string Key, bool Grad);

    /// <summary>The cases that a file's metadata lists.</summary>
    public static IReadOnlyList<Case> In(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue("cases", out string? list))
            throw new FormatException("conformance: the file's metadata must list cases, but it has no entry 'cases'.");
        string source = file.Metadata.GetValueOrDefault("source", "");
        using JsonDocument document = JsonDocument.Parse(NotNumbers().Replace(list, "$1\"$2\""));
        return [.. document.RootElement.EnumerateArray().Select(c => Read(c, source))];
    }

    // What Python writes for numbers that JSON does not have.
    [GeneratedRegex(@"([:\[,]\s*)(-?Infinity|NaN)(?=\s*[,\]}])")]
    private static partial Regex NotNumbers();

    static Case Read(JsonElement json, string source) => new(
        json.GetProperty("name").GetString()!,
        json.GetProperty("op").GetString()!,
        new Settings(json.GetProperty("kwargs").Clone()) { Source = source },
        [.. json.GetProperty("inputs").EnumerateArray().Select(i => new Input(i.GetProperty("key").GetString()!, i.GetProperty("grad").GetBoolean()))],
        Strings(json.GetProperty("outputs"))!,
        Strings(json.GetProperty("grad_outputs"))!,
        Strings(json.GetProperty("grads")));

    static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetString()!)];
}
