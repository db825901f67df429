using System.Text.Json;
using System.Text.Json.Nodes;
using Adjoint.Formats;

namespace Adjoint.Training;

/// <summary>What a watch has seen, as JSON: a list for each column.</summary>
internal static class WatchJson
{
    const string Format = "adjoint-watch";
    const int Version = 1;

    public static JsonObject Of(WatchHistory h) => new()
    {
        ["format"] = Format,
        ["version"] = Version,
        ["failure"] = h.Failure,
        ["steps"] = new JsonObject
        {
            ["merged"] = h.Thinning.Merged,
            ["in_last"] = h.Thinning.InLast,
            ["step"] = List(h.Steps, s => s.Step),
            ["loss"] = List(h.Steps, s => EpochJson.Number(s.Loss)),
            ["learning_rate"] = List(h.Steps, s => s.LearningRate),
            ["gradient_norm"] = List(h.Steps, s => s.GradientNorm is { } norm ? EpochJson.Number(norm) : null),
        },
        ["parameters"] = List(h.Parameters, p => new JsonObject { ["name"] = p.Name, ["shape"] = List([.. p.Shape], n => n), ["is_weight"] = p.IsWeight }),
        ["activations"] = List(h.Activations, a => new JsonObject { ["name"] = a.Name, ["kind"] = Names.Snake($"{a.Kind}") }),
        ["samples"] = List(h.Samples, s => new JsonObject
        {
            ["step"] = s.Step,
            ["gradient"] = List(s.Parameters, p => Number(p.Gradient)),
            ["signal"] = List(s.Parameters, p => Number(p.Signal)),
            ["weight"] = List(s.Parameters, p => Number(p.Weight)),
            ["update"] = List(s.Parameters, p => Number(p.Update)),
            ["mean"] = List(s.Activations, a => Number(a.Mean)),
            ["deviation"] = List(s.Activations, a => Number(a.Deviation)),
            ["dead"] = List(s.Activations, a => Number(a.Dead)),
            ["saturated"] = List(s.Activations, a => Number(a.Saturated)),
        }),
        ["epochs"] = List(h.Epochs, EpochJson.Of),
    };

    /// <exception cref="FormatException">It is not what <see cref="Of"/> made.</exception>
    public static WatchHistory Read(JsonNode json)
    {
        try
        {
            if ((string?)json["format"] != Format || (int?)json["version"] != Version) throw new FormatException($"watch: the format must be {Format} {Version}, but it is {(string?)json["format"] ?? "none"} {(int?)json["version"]}.");
            JsonNode steps = json["steps"]!;
            var history = new WatchHistory
            {
                Failure = (string?)json["failure"],
                Parameters = Each(json["parameters"]!, p => new WatchedParameter((string)p!["name"]!, Sizes(p["shape"]!), (bool)p["is_weight"]!)),
                Activations = Each(json["activations"]!, a => new WatchedActivation((string)a!["name"]!, Enum.GetValues<ActivationKind>().First(k => Names.Snake($"{k}") == (string?)a["kind"]))),
                Epochs = Each(json["epochs"]!, e => EpochJson.Record(e!)),
            };
            for (int i = 0; i < steps["step"]!.AsArray().Count; i++)
                history.Add(new((long)steps["step"]![i]!, EpochJson.Double(steps["loss"]![i]!), (double)steps["learning_rate"]![i]!, steps["gradient_norm"]![i] is { } norm ? EpochJson.Double(norm) : null));
            history.Thinning = ((int)steps["merged"]!, (int)steps["in_last"]!);
            foreach (JsonNode? s in json["samples"]!.AsArray())
            {
                float[] gradient = Floats(s!["gradient"]!), signal = Floats(s["signal"]!), weight = Floats(s["weight"]!), update = Floats(s["update"]!);
                float[] mean = Floats(s["mean"]!), deviation = Floats(s["deviation"]!), dead = Floats(s["dead"]!), saturated = Floats(s["saturated"]!);
                history.AllSamples.Add(new((long)s["step"]!,
                    [.. history.Parameters.Select((_, i) => new ParameterSample(gradient[i], signal[i], weight[i], update[i]))],
                    [.. history.Activations.Select((_, i) => new ActivationSample(mean[i], deviation[i], dead[i], saturated[i]))]));
            }

            return history;
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or IndexOutOfRangeException or ArgumentException or System.FormatException or OverflowException)
        {
            throw new FormatException($"watch: the history must be what a training watch writes, but it is not: {e.Message}", e);
        }
    }

    /// <summary>Makes one history what another is.</summary>
    public static void Copy(WatchHistory from, WatchHistory to)
    {
        to.Clear();
        foreach (WatchedStep step in from.Steps) to.Add(step);
        (to.Thinning, to.Parameters, to.Activations, to.Epochs, to.Failure) = (from.Thinning, from.Parameters, from.Activations, from.Epochs, from.Failure);
        to.AllSamples.AddRange(from.Samples);
    }

    static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> one) => new([.. items.Select(one)]);

    static T[] Each<T>(JsonNode list, Func<JsonNode?, T> one) => [.. list.AsArray().Select(one)];

    // JSON has no word for what is no number; null is NaN here.
    static JsonNode? Number(float value) => float.IsNaN(value) ? null : float.IsFinite(value) ? JsonValue.Create(value) : EpochJson.Number(value);

    static Shape Sizes(JsonNode list) => [.. list.AsArray().Select(n => (long)n!)];

    static float[] Floats(JsonNode list) => Each(list, v => v is null ? float.NaN : (float)EpochJson.Double(v));
}
