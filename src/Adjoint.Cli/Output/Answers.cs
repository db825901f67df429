using System.Globalization;
using System.Text.Json.Nodes;

namespace Adjoint.Cli.Output;

/// <summary>A model's answer to one row: shown, and as JSON.</summary>
internal static class Answers
{
    /// <summary>The likeliest class, and the three likeliest with their probabilities.</summary>
    public static JsonObject Class(Screen screen, long row, IReadOnlyList<string> names, float[] parts)
    {
        int best = Array.IndexOf(parts, parts.Max());
        screen.Line($"row {row}: {names[best]} ({Readable.Percent(parts[best])})");
        foreach (int c in Enumerable.Range(0, parts.Length).OrderByDescending(c => parts[c]).Take(3))
            screen.Line($"  {names[c],-12} {Readable.Percent(parts[c]),8} {new string('#', (int)Math.Round(parts[c] * 40))}".TrimEnd());
        screen.Line();
        return new() { ["row"] = row, ["class"] = best, ["name"] = names[best], ["probabilities"] = new JsonArray([.. parts.Select(p => (JsonNode)p)]) };
    }

    /// <summary>The numbers.</summary>
    public static JsonObject Values(Screen screen, long row, IReadOnlyList<string> names, float[] values)
    {
        screen.Line($"row {row}: {Numbers(names, values)}");
        return new() { ["row"] = row, ["values"] = new JsonObject(names.Zip(values, (n, v) => KeyValuePair.Create(n, (JsonNode?)v))) };
    }

    /// <summary>Numbers with their names.</summary>
    public static string Numbers(IReadOnlyList<string> names, float[] values) =>
        string.Join(", ", names.Zip(values, (n, v) => string.Create(CultureInfo.InvariantCulture, $"{n} {v:G6}")));
}
