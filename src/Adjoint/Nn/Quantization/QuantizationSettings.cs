namespace Adjoint.Nn;

/// <summary>How frozen weights are quantized, and which.</summary>
/// <example><code>Quantization.Apply(model, new() { Format = QuantizationFormat.Nf4, Targets = ["Blocks.*"], HasShortScales = true });</code></example>
public sealed record QuantizationSettings
{
    /// <summary>How a number is kept.</summary>
    public required QuantizationFormat Format { get; init; }

    /// <summary>The paths of linear layers, in which <c>*</c> stands for any text, dots too, and <c>?</c> for one character.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Whether the factors of NF4's blocks are quantized to 8 bits as well: 4.13 bits a number instead of 4.5. Source: Dettmers et al. 2023, §3 (double quantization).</summary>
    public bool HasShortScales { get; init; }

    internal void Check()
    {
        if (Targets is null or []) throw new ArgumentException("quantization: at least one target must be given, but there is none. Hint: Targets = [\"Blocks.*\"].");
        if (HasShortScales && Format != QuantizationFormat.Nf4) throw new ArgumentException($"quantization: factors are quantized for Nf4 only, but the format is {Format}.");
    }
}
