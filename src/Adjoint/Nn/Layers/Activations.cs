namespace Adjoint.Nn;

// Activations as layers, for sequences; where a Forward is written out, the tensor's own methods read better.

/// <summary><c>1/(1 + e⁻ˣ)</c>, element by element: <see cref="Ops.Sigmoid"/> as a layer.</summary>
[PyTorch("torch.nn.Sigmoid")]
public sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Sigmoid();

    internal override Ops.Elementwise Pointwise => Ops.Sigmoid.Instance;
}

/// <summary><c>tanh x</c>, element by element: <see cref="Ops.Tanh"/> as a layer.</summary>
[PyTorch("torch.nn.Tanh")]
public sealed class Tanh : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Tanh();

    internal override Ops.Elementwise Pointwise => Ops.Tanh.Instance;
}

/// <summary><c>max(x, 0)</c>, element by element: <see cref="Ops.Relu"/> as a layer.</summary>
[PyTorch("torch.nn.ReLU", Differs = "No `inplace`.")]
public sealed class Relu : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Relu();

    internal override Ops.Elementwise Pointwise => Ops.Relu.Instance;
}

/// <summary><c>x where positive, else slope·x</c>, element by element: <see cref="Ops.LeakyRelu"/> as a layer.</summary>
/// <param name="slope">The slope for negative x.</param>
[PyTorch("torch.nn.LeakyReLU", Differs = "No `inplace`.")]
public sealed class LeakyRelu(double slope = 0.01) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.LeakyRelu(slope);
}

/// <summary><c>x where positive, else alpha·(eˣ − 1)</c>, element by element: <see cref="Ops.Elu"/> as a layer.</summary>
/// <param name="alpha">What negative values are scaled by.</param>
[PyTorch("torch.nn.ELU", Differs = "No `inplace`.")]
public sealed class Elu(double alpha = 1) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Elu(alpha);
}

/// <summary><c>scaled ELU with self-normalising constants</c>, element by element: <see cref="Ops.Selu"/> as a layer.</summary>
[PyTorch("torch.nn.SELU", Differs = "No `inplace`.")]
public sealed class Selu : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Selu();
}

/// <summary><c>x·Φ(x)</c>, element by element: <see cref="Ops.Gelu"/> as a layer.</summary>
/// <param name="approximate">Whether by the tanh approximation instead of the error function.</param>
[PyTorch("torch.nn.GELU", Differs = "`approximate=\"tanh\"` is `approximate: true`.")]
public sealed class Gelu(bool approximate = false) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Gelu(approximate);
}

/// <summary><c>x·sigmoid(x)</c>, element by element: <see cref="Ops.Silu"/> as a layer.</summary>
[PyTorch("torch.nn.SiLU", Differs = "No `inplace`.")]
public sealed class Silu : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Silu();
}

/// <summary><c>x·tanh(softplus(x))</c>, element by element: <see cref="Ops.Mish"/> as a layer.</summary>
[PyTorch("torch.nn.Mish")]
public sealed class Mish : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Mish();
}

/// <summary><c>ln(1 + eˣ)</c>, element by element: <see cref="Ops.Softplus"/> as a layer.</summary>
[PyTorch("torch.nn.Softplus", Differs = "No `beta`, `threshold`.")]
public sealed class Softplus : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Softplus();
}

/// <summary><c>x·clamp(x + 3, 0, 6)/6</c>, element by element: <see cref="Ops.HardSwish"/> as a layer.</summary>
[PyTorch("torch.nn.Hardswish")]
public sealed class HardSwish : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.HardSwish();
}

/// <summary><c>min(max(x, 0), 6)</c>, element by element: <see cref="Ops.Relu6"/> as a layer.</summary>
[PyTorch("torch.nn.ReLU6")]
public sealed class Relu6 : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Relu6();
}

/// <summary>Positive numbers that sum to 1 along an axis: <see cref="Ops.Softmax"/> as a layer. Not before a cross entropy, which takes the scores.</summary>
/// <param name="dim">The axis.</param>
[PyTorch("torch.nn.Softmax", Differs = "The last axis by default.")]
public sealed class Softmax(int dim = -1) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Softmax(dim);
}

/// <summary>The logarithm of the softmax along an axis: <see cref="Ops.LogSoftmax"/> as a layer.</summary>
/// <param name="dim">The axis.</param>
[PyTorch("torch.nn.LogSoftmax", Differs = "The last axis by default.")]
public sealed class LogSoftmax(int dim = -1) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.LogSoftmax(dim);
}

/// <summary><c>x where positive, else slope·x</c> with learnt slopes: <see cref="Ops.PRelu"/> as a layer.</summary>
/// <param name="channels">1 for one slope, or the size of axis 1 for one each.</param>
/// <param name="slope">The slopes at first.</param>
/// <param name="dtype">The slopes' type.</param>
[PyTorch("torch.nn.PReLU")]
public sealed class PRelu(long channels = 1, double slope = 0.25, DType dtype = DType.F32) : Layer
{
    /// <summary>The slopes, [channels].</summary>
    public Tensor Weight { get; } = Tensor.Full([channels], slope, dtype).AsParameter();

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The number of slopes does not fit x.</exception>
    protected override Tensor Forward(Tensor x) => x.PRelu(Weight);
}

/// <summary><c>a·σ(b)</c> of the halves of an axis: the gated linear unit as a layer.</summary>
/// <param name="dim">The axis, of even size.</param>
[PyTorch("torch.nn.GLU")]
public sealed class Glu(int dim = -1) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The axis does not exist, or its size is odd.</exception>
    protected override Tensor Forward(Tensor x) => x.Glu(dim);
}
