namespace Adjoint.Nn;

/// <summary>Normalises each channel of each sample: <c>y = (x − mean)/√(var + ε)·weight + bias</c>, in training and evaluation alike.</summary>
/// <remarks>Shapes: x [N, C, …] with axes behind the channels → the same; weight and bias [C]. Source: Ulyanov, Vedaldi and Lempitsky 2016.</remarks>
[PyTorch("torch.nn.InstanceNorm1d", "torch.nn.InstanceNorm2d", "torch.nn.InstanceNorm3d", Differs = "One layer for any rank. No running statistics.")]
public sealed class InstanceNorm : Layer
{
    readonly long _channels;

    /// <summary>Starts, where it has them, with weight 1 and bias 0.</summary>
    /// <param name="channels">C.</param>
    /// <param name="epsilon">What keeps the division away from zero.</param>
    /// <param name="affine">Whether to have weight and bias.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of channels is not positive.</exception>
    public InstanceNorm(long channels, double epsilon = 1e-5, bool affine = false, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        (_channels, Epsilon) = (channels, epsilon);
        if (affine) (Weight, Bias) = (Tensor.Ones([channels], dtype).AsParameter(), Tensor.Zeros([channels], dtype).AsParameter());
    }

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; }

    /// <summary>The factor, [C], or null.</summary>
    public Tensor? Weight { get; }

    /// <summary>The shift, [C], or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">x has not the layer's channels.</exception>
    protected override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3 || x.Shape[1] != _channels) throw new ShapeException($"instance norm: x must be [N, {_channels}, …] with axes behind the channels, but it is {x.Shape}.");
        return x.InstanceNorm(Weight, Bias, Epsilon);
    }
}
