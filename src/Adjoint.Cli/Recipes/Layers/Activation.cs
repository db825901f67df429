using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

/// <summary>An activation without settings.</summary>
internal enum Activation
{
    Relu,
    Relu6,
    LeakyRelu,
    Elu,
    Selu,
    Gelu,
    Silu,
    Mish,
    Softplus,
    HardSwish,
    Tanh,
    Sigmoid,
}

/// <summary>Makes it.</summary>
internal static class ActivationLayers
{
    public static Layer Make(this Activation activation) => activation switch
    {
        Activation.Relu => new Relu(),
        Activation.Relu6 => new Relu6(),
        Activation.LeakyRelu => new LeakyRelu(),
        Activation.Elu => new Elu(),
        Activation.Selu => new Selu(),
        Activation.Gelu => new Gelu(),
        Activation.Silu => new Silu(),
        Activation.Mish => new Mish(),
        Activation.Softplus => new Softplus(),
        Activation.HardSwish => new HardSwish(),
        Activation.Tanh => new Tanh(),
        _ => new Sigmoid(),
    };
}
