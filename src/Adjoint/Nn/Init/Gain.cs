namespace Adjoint.Nn;

/// <summary>The factor on a layer's initial deviation that makes up for what the activation after it does to the variance.</summary>
[PyTorch("torch.nn.init.calculate_gain", Differs = "A member for each activation: `Gain.Relu`, `Gain.Tanh`, `Gain.LeakyRelu(slope)`. SELU's is 3/4 in both.", Use = "Gain.Relu")]
public static class Gain
{
    /// <summary>No activation, or one that is the identity around zero: 1.</summary>
    public const double Linear = 1;

    /// <summary>Sigmoid: 1.</summary>
    public const double Sigmoid = 1;

    /// <summary>Tanh: 5/3, the field's convention.</summary>
    public const double Tanh = 5.0 / 3;

    /// <summary>SELU: 3/4, the field's convention.</summary>
    public const double Selu = 0.75;

    /// <summary>ReLU: √2, since half of a symmetric input's second moment passes (He et al. 2015, eq. 10).</summary>
    public static double Relu { get; } = Math.Sqrt(2);

    /// <summary>Leaky ReLU: <c>√(2 / (1 + slope²))</c> (He et al. 2015, eq. 15).</summary>
    public static double LeakyRelu(double slope = 0.01) => Math.Sqrt(2 / (1 + (slope * slope)));
}
