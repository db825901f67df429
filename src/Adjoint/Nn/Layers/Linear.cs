namespace Adjoint.Nn;

/// <summary>An affine map of the last axis: <c>y = x·Wᵀ + b</c>.</summary>
/// <remarks>Shapes: x [..., in] → y [..., out]; W [out, in], b [out]. Both start uniform in ±1/√in.</remarks>
public sealed class Linear : Layer
{
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
        Weight = Init.LayerDefault(random, [outputs, inputs], inputs, dtype).AsParameter();
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
        Weight = weight.IsParameter ? weight : weight.AsParameter();
        Bias = bias is null || bias.IsParameter ? bias : bias.AsParameter();
    }

    /// <summary>W, [out, in].</summary>
    public Tensor Weight { get; }

    /// <summary>b, [out], or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Linear(Weight, Bias);
}
