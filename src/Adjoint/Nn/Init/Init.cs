namespace Adjoint.Nn;

/// <summary>Initial values of weights: tensors drawn from a generator that the caller gives, so that every run can be repeated.</summary>
/// <remarks>Weights are [out, in, kernel…]; see <see cref="Fans"/>. Layers of this library start as the field's usual
/// <see cref="LayerDefault"/> unless they are given something else.</remarks>
public static partial class Init
{
    /// <summary>What linear and convolution layers start from: uniform in <c>±1/√fanIn</c>, weights and biases alike.</summary>
    /// <remarks>It is <see cref="HeUniform"/> for a leaky ReLU of slope √5: the gain √(2/6) times √(3/fanIn).</remarks>
    [NotInPyTorch("What `Linear` and `Conv2d` start from, uniform in ±1/√fanIn: in PyTorch `kaiming_uniform_(w, a=sqrt(5))`.")]
    public static Tensor LayerDefault(Generator random, Shape shape, long fanIn, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(random);
        double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        return Even(random, shape, bound, dtype);
    }

    /// <summary>Normal with deviation <c>gain / √fan</c> (He et al. 2015, eq. 10).</summary>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.kaiming_normal_", Differs = "Returns a tensor instead of overwriting one, and takes a generator. The gain is that of ReLU, or the one given: `gain: Gain.LeakyRelu(0.1)`.")]
    public static Tensor HeNormal(Generator random, Shape shape, FanMode mode = FanMode.In, double? gain = null, DType dtype = DType.F32) =>
        Normal(random, shape, (gain ?? Gain.Relu) / Math.Sqrt(Fans.Of(shape)[mode]), dtype);

    /// <summary>Uniform in ±<c>gain·√(3/fan)</c>, the same deviation as <see cref="HeNormal"/> (He et al. 2015, eq. 10).</summary>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.kaiming_uniform_", Differs = "Returns a tensor instead of overwriting one, and takes a generator. The gain as for the normal one.")]
    public static Tensor HeUniform(Generator random, Shape shape, FanMode mode = FanMode.In, double? gain = null, DType dtype = DType.F32) =>
        Even(random, shape, (gain ?? Gain.Relu) * Math.Sqrt(3.0 / Fans.Of(shape)[mode]), dtype);

    /// <summary>Normal with deviation <c>gain·√(2/(fanIn + fanOut))</c> (Glorot and Bengio 2010, eq. 16).</summary>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.xavier_normal_", Differs = "Returns a tensor instead of overwriting one, and takes a generator.")]
    public static Tensor XavierNormal(Generator random, Shape shape, double gain = 1, DType dtype = DType.F32)
    {
        Fans fans = Fans.Of(shape);
        return Normal(random, shape, gain * Math.Sqrt(2.0 / (fans.In + fans.Out)), dtype);
    }

    /// <summary>Uniform in ±<c>gain·√(6/(fanIn + fanOut))</c> (Glorot and Bengio 2010, eq. 16).</summary>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.xavier_uniform_", Differs = "Returns a tensor instead of overwriting one, and takes a generator.")]
    public static Tensor XavierUniform(Generator random, Shape shape, double gain = 1, DType dtype = DType.F32)
    {
        Fans fans = Fans.Of(shape);
        return Even(random, shape, gain * Math.Sqrt(6.0 / (fans.In + fans.Out)), dtype);
    }

    /// <summary>Normal with deviation <c>1/√fanIn</c> (LeCun et al. 1998, §4.6).</summary>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.kaiming_normal_", Differs = "Returns a tensor instead of overwriting one, and takes a generator. `nonlinearity=\"linear\"`.")]
    public static Tensor LeCunNormal(Generator random, Shape shape, DType dtype = DType.F32) =>
        HeNormal(random, shape, FanMode.In, Gain.Linear, dtype);

    /// <summary>Uniform in ±<c>√(3/fanIn)</c> (LeCun et al. 1998, §4.6).</summary>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.kaiming_uniform_", Differs = "Returns a tensor instead of overwriting one, and takes a generator. `nonlinearity=\"linear\"`.")]
    public static Tensor LeCunUniform(Generator random, Shape shape, DType dtype = DType.F32) =>
        HeUniform(random, shape, FanMode.In, Gain.Linear, dtype);

    /// <summary>One value everywhere.</summary>
    [PyTorch("torch.nn.init.constant_", "torch.nn.init.zeros_", "torch.nn.init.ones_", Differs = "Returns a tensor.")]
    public static Tensor Constant(Shape shape, double value, DType dtype = DType.F32) => Tensor.Full(shape, value, dtype);

    static Tensor Normal(Generator random, Shape shape, double deviation, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Normal(shape, 0, deviation, dtype);
    }

    static Tensor Even(Generator random, Shape shape, double bound, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Uniform(shape, -bound, bound, dtype);
    }
}
