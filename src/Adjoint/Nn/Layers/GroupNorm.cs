namespace Adjoint.Nn;

/// <summary>Normalises groups of channels: <c>y = (x − mean)/√(var + ε)·weight + bias</c>, each sample by itself.</summary>
/// <remarks>Shapes: x [N, C, …] → the same; weight and bias [C]. Source: Wu and He 2018.</remarks>
[PyTorch("torch.nn.GroupNorm")]
public sealed class GroupNorm : Layer
{
    readonly long _channels;

    /// <summary>Starts with weight 1 and bias 0.</summary>
    /// <param name="groups">The number of groups.</param>
    /// <param name="channels">C.</param>
    /// <param name="epsilon">What keeps the division away from zero.</param>
    /// <param name="affine">Whether to have weight and bias.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="ShapeException">The groups do not divide the channels.</exception>
    public GroupNorm(long groups, long channels, double epsilon = 1e-5, bool affine = true, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (channels % groups != 0) throw new ShapeException($"group norm: groups must divide the channels, but groups is {groups} and there are {channels} channels.");
        (Groups, _channels, Epsilon) = (groups, channels, epsilon);
        if (affine) (Weight, Bias) = (Tensor.Ones([channels], dtype).AsParameter(), Tensor.Zeros([channels], dtype).AsParameter());
    }

    /// <summary>The number of groups.</summary>
    public long Groups { get; }

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
        if (x.Rank < 2 || x.Shape[1] != _channels) throw new ShapeException($"group norm: x must be [N, {_channels}, …], but it is {x.Shape}.");
        return x.GroupNorm(Groups, Weight, Bias, Epsilon);
    }
}
