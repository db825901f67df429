namespace Adjoint.Nn;

/// <summary>What low-rank adapters are like, and where they go.</summary>
/// <example><code>
/// var settings = new LoraSettings { Rank = 16, Alpha = 32, Targets = ["*.Query", "*.Value"], Dropout = 0.05 };
/// IReadOnlyList&lt;Tensor&gt; trained = Lora.Attach(model, settings, new Generator(1));
/// var optimizer = new AdamW(trained, learningRate: 2e-4);
/// </code></example>
public sealed record LoraSettings
{
    /// <summary>r, the rank of what is added to a weight.</summary>
    public required int Rank { get; init; }

    /// <summary>α: what is added is multiplied by <see cref="Scale"/>, α/r.</summary>
    public required double Alpha { get; init; }

    /// <summary>The paths of linear layers, in which <c>*</c> stands for any text, dots too, and <c>?</c> for one character.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The probability of dropping an element of what goes into A, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the scale is α/√r, with which large ranks learn as fast as small ones (rsLoRA). Source: Kalajdzievski 2023.</summary>
    public bool IsRankStabilized { get; init; }

    /// <summary>Whether the lengths of the weight's rows are trained apart from their directions (DoRA). Source: Liu et al. 2024, eq. 5 and §4.3.</summary>
    public bool HasMagnitudes { get; init; }

    /// <summary>What B·A is multiplied by.</summary>
    public double Scale => Alpha / (IsRankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <summary>The number of parameters that adapters of this kind have around a model; nothing is attached. A model that has a shape only will do (<see cref="ShapeOnly"/>).</summary>
    /// <exception cref="ArgumentException">A setting is out of range, or a target matches no linear layer.</exception>
    public long CountParameters(Module model) => Lora.Find(model, this).Sum(t => (Rank * (t.Layer.Inputs + t.Layer.Outputs)) + (HasMagnitudes ? t.Layer.Outputs : 0));

    internal void Check()
    {
        if (Rank < 1) throw new ArgumentException($"lora: the rank must be at least 1, but it is {Rank}.");
        if (!(Alpha > 0 && double.IsFinite(Alpha))) throw new ArgumentException(FormattableString.Invariant($"lora: alpha must be a finite number above 0, but it is {Alpha}."));
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentException(FormattableString.Invariant($"lora: the dropout must be at least 0 and below 1, but it is {Dropout}."));
        if (Targets is null or []) throw new ArgumentException("lora: at least one target must be given, but there is none. Hint: Targets = [\"*.Query\", \"*.Value\"].");
    }
}
