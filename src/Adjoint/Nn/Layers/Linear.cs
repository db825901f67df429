namespace Adjoint.Nn;

/// <summary>An affine map of the last axis: <c>y = x·Wᵀ + b</c>.</summary>
/// <remarks>Shapes: x [..., in] → y [..., out]; W [out, in], b [out]. Both start uniform in ±1/√in. <see cref="Lora"/> attaches low-rank adapters.</remarks>
[PyTorch("torch.nn.Linear", Differs = "Takes a generator. The same initial distribution.")]
public sealed class Linear : Layer
{
    Tensor? _weight;

    /// <summary>Draws the weights.</summary>
    /// <param name="inputs">The size of x's last axis.</param>
    /// <param name="outputs">The size of y's last axis.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="bias">Whether to add b.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public Linear(long inputs, long outputs, Generator random, bool bias = true, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        _weight = Init.LayerDefault(random, [outputs, inputs], inputs, dtype).AsParameter();
        if (bias) Bias = Init.LayerDefault(random, [outputs], inputs, dtype).AsParameter();
    }

    /// <summary>Takes weights that are there already: drawn in another way, or those of another layer, which are tied by that.</summary>
    /// <param name="weight">W, [out, in]; becomes a parameter if it is none.</param>
    /// <param name="bias">b, [out], or none; becomes a parameter if it is none.</param>
    /// <exception cref="ShapeException">The weight is no matrix, or the bias does not have one element for each of its rows.</exception>
    public Linear(Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank != 2) throw new ShapeException($"linear: weight must have the axes [out, in], but weight is {weight.Shape}.");
        if (bias is not null && (bias.Rank != 1 || bias.Elements != weight.Shape[0])) throw new ShapeException($"linear: bias must have one element for each row of weight, but bias is {bias.Shape} and weight is {weight.Shape}.");
        _weight = weight.IsParameter ? weight : weight.AsParameter();
        Bias = bias is null || bias.IsParameter ? bias : bias.AsParameter();
    }

    /// <summary>W, [out, in]; of a quantized layer, a new tensor of the numbers that its codes stand for.</summary>
    public Tensor Weight => _weight ?? Quantized!.Dequantize();

    /// <summary>b, [out], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The low-rank adapters around this layer; null where none was attached.</summary>
    public LinearAdapters? Adapters { get; internal set; }

    /// <summary>The weight in 8 or 4 bits a number; null where it is there in full. See <see cref="Quantization"/>.</summary>
    public QuantizedWeight? Quantized { get; private set; }

    /// <summary>The size of x's last axis.</summary>
    public long Inputs => _weight?.Shape[1] ?? Quantized!.Inputs;

    /// <summary>The size of y's last axis.</summary>
    public long Outputs => _weight?.Shape[0] ?? Quantized!.Outputs;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Adapters?.Used is { } adapter ? adapter.Around(this, x) : Product(x, Bias);

    /// <summary>The layer and a formula of what it gives, in one pass: an activation, or what is added to it (see <see cref="Ops.LinearMap"/>).</summary>
    /// <remarks>Where the layer has adapters, quantized weights or hooks, the formula follows in a pass of its own.</remarks>
    /// <param name="x">[..., in].</param>
    /// <param name="then">One output; its first input is what the layer gives, then an input for each other tensor.</param>
    /// <param name="others">Tensors of the result's shape, of its last axis alone, or of one element.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="GraphException">The formula has not one output, or not an input for what the layer gives and one for each other tensor.</exception>
    public Tensor Call(Tensor x, Formula then, params ReadOnlySpan<Tensor> others)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(then);
        if (HasHooks || !IsPlain) return new Ops.Map(then).Apply([Call(x), .. others]);
        using Scope scope = Enter();
        return scope.Keep(x.LinearMap(_weight!, Bias, then, others));
    }

    internal override Tensor? Call(Tensor x, Module<Tensor, Tensor> next) => IsPlain && Joined(x, next) is { } activation ? Call(x, activation.Meaning) : null;

    bool IsPlain => Quantized is null && Adapters?.Used is null;

    /// <summary>The layer without adapters.</summary>
    internal Tensor Product(Tensor x, Tensor? bias)
    {
        if (Quantized is null) return x.Linear(_weight!, bias);
        Tensor y = Quantized.Product(x);
        return bias is null ? y : y + bias.To(y.DType);
    }

    internal void Quantize(QuantizationSettings settings)
    {
        Quantized = new(_weight!, settings);
        if (_weight!.IsLeaf) _weight.SetGrad(null);
        _weight.Release();
        _weight = null;
    }

    internal void Dequantize()
    {
        if (Quantized is null) return;
        _weight = Quantized.Dequantize().AsParameter().Freeze();
        foreach ((_, Tensor part) in Quantized.NamedBuffers()) part.Release();
        Quantized = null;
    }
}
