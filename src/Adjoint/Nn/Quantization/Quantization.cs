namespace Adjoint.Nn;

/// <summary>Frozen weights in 8 or 4 bits a number: a base for adapters that takes a quarter or an eighth of the memory (QLoRA).</summary>
/// <remarks>
/// A quantized layer has no parameter <c>Weight</c> any more but buffers, <c>Query.Quantized.Codes</c> and <c>Query.Quantized.Scales</c>; <see cref="Linear.Weight"/> is made from them when it is asked for.
/// Source: Dettmers et al. 2022 (row-wise 8 bits), 2023 (NF4, QLoRA).
/// </remarks>
/// <example><code>
/// Quantization.Apply(model, new() { Format = QuantizationFormat.Nf4, Targets = ["Blocks.*"], HasShortScales = true });
/// IReadOnlyList&lt;Tensor&gt; trained = Lora.Attach(model, new() { Rank = 16, Alpha = 32, Targets = ["Blocks.*"] }, new Generator(1));
/// </code></example>
[NotInPyTorch("Frozen weights of 8 or 4 bits a number; what the package `bitsandbytes` is for.")]
public static class Quantization
{
    /// <summary>Quantizes the weights of linear layers; their memory is returned.</summary>
    /// <returns>The paths of the layers.</returns>
    /// <exception cref="ArgumentException">A setting is out of range, or a target matches no linear layer; nothing is changed.</exception>
    /// <exception cref="GraphException">A weight is quantized already, is used in several places, or has an adapter merged into it; nothing is changed.</exception>
    public static IReadOnlyList<string> Apply(Module model, QuantizationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        IReadOnlyList<(string Path, Linear Layer)> layers = Find(model, settings.Targets);
        ModuleWalk walk = model.Walk();
        foreach ((string path, Linear layer) in layers)
        {
            if (layer.Quantized is { } before) throw new GraphException($"quantization: a weight can be quantized once, but that of '{path}' is {before.Format}. Hint: call Quantization.Remove first.");
            if (layer.Adapters?.IsMerged == true) throw new GraphException($"quantization: a weight must be the model's own, but an adapter is merged into that of '{path}'. Hint: call Lora.Unmerge first.");
            Lora.MustBeUntied(walk, path, layer.Weight, "quantization: a weight must belong to one layer", " Hint: name the targets, such as Blocks.*.");
        }

        foreach ((_, Linear layer) in layers) layer.Quantize(settings);
        return [.. layers.Select(l => l.Path)];
    }

    /// <summary>Gives linear layers a weight in full again, frozen, of the numbers that the codes stand for.</summary>
    /// <exception cref="ArgumentException">The pattern matches no linear layer.</exception>
    public static void Remove(Module model, string pattern = "*")
    {
        foreach ((_, Linear layer) in Find(model, [pattern])) layer.Dequantize();
    }

    static IReadOnlyList<(string Path, Linear Layer)> Find(Module model, IReadOnlyList<string> targets)
    {
        ArgumentNullException.ThrowIfNull(model);
        (string, Linear)[] all = [.. Lora.AllLinear(model)];
        HashSet<Linear> wanted = [.. targets.SelectMany(t => NamePattern.Matching(all, t, "quantization", "path of a linear layer")).Select(m => m.Value)];
        return [.. all.Where(l => wanted.Contains(l.Item2))];
    }
}
