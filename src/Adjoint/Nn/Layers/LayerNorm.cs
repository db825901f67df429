namespace Adjoint.Nn;

/// <summary>Normalises over the last axes: <c>y = (x − mean)/√(var + ε)·weight + bias</c>.</summary>
/// <remarks>Shapes: x […, size] → the same; weight and bias have the shape of the normalised axes. Source: Ba, Kiros, Hinton 2016.</remarks>
public sealed class LayerNorm : Layer
{
    readonly Shape _size;

    /// <summary>Starts with weight 1 and bias 0.</summary>
    /// <param name="size">The shape of the last axes, which are normalised together.</param>
    /// <param name="epsilon">What keeps the division away from zero.</param>
    /// <param name="affine">Whether to have weight and bias.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <param name="bias">Whether the weight comes with a bias.</param>
    public LayerNorm(Shape size, double epsilon = 1e-5, bool affine = true, DType dtype = DType.F32, bool bias = true)
    {
        ArgumentNullException.ThrowIfNull(size);
        (_size, Epsilon) = (size, epsilon);
        if (!affine) return;
        Weight = Tensor.Ones(size, dtype).AsParameter();
        if (bias) Bias = Tensor.Zeros(size, dtype).AsParameter();
    }

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; }

    /// <summary>The factor, or null.</summary>
    public Tensor? Weight { get; }

    /// <summary>The shift, or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">x does not end with the layer's size.</exception>
    protected override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < _size.Rank || !x.Shape.Skip(x.Rank - _size.Rank).SequenceEqual(_size)) throw new ShapeException($"layer norm: x must end with the axes {_size}, but it is {x.Shape}.");
        return x.LayerNorm(_size, Weight, Bias, Epsilon);
    }
}
