namespace Adjoint;

/// <summary>What an operation's gradient is computed from: the outputs' gradients and the saved values.</summary>
public sealed class Cotangents
{
    readonly Node _node;
    readonly Tensor?[] _gradients;
    readonly BackwardPass _pass;

    internal Cotangents(Node node, Tensor?[] gradients, BackwardPass pass) => (_node, _gradients, _pass) = (node, gradients, pass);

    internal Node Node => _node;

    /// <summary>The gradient of the first output.</summary>
    public Tensor Gradient => Of(0);

    /// <summary>The gradient of an output; zeros where none arrived.</summary>
    public Tensor Of(int output) => _gradients[output] ??= Tensor.Zeros(_node.Outputs[output].Shape, _node.Outputs[output].DType);

    /// <summary>Whether a gradient arrived at an output.</summary>
    public bool Has(int output) => _gradients[output] is not null;

    /// <summary>Whether the gradient of an input is wanted.</summary>
    public bool IsNeeded(int input) => _pass.IsWanted(_node.Inputs[input].Target);

    /// <summary>The value of an input that <see cref="Op.Needs"/> declared.</summary>
    public Tensor Input(int index) => _node.Unpack(index);

    /// <summary>The value of an output that <see cref="Op.Needs"/> declared.</summary>
    public Tensor Output(int index) => _node.Unpack(_node.Inputs.Length + index);

    /// <summary>The shape of an input, saved or not.</summary>
    public Shape InputShape(int index) => _node.Inputs[index].Shape;

    /// <summary>The element type of an input, saved or not.</summary>
    public DType InputType(int index) => _node.Inputs[index].DType;

    /// <summary>The number of inputs.</summary>
    public int InputCount => _node.Inputs.Length;
}
