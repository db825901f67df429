using Adjoint.Kernels;

namespace Adjoint.Optim;

/// <summary>One parameter with what the optimizer remembers about it.</summary>
public sealed class Slot
{
    internal Slot(Tensor parameter, string name, ParameterGroup group) => (Parameter, Name, Group) = (parameter, name, group);

    /// <summary>What is trained.</summary>
    public Tensor Parameter { get; }

    /// <summary>The parameter's name, or its number where it has none: the key of its states.</summary>
    public string Name { get; }

    /// <summary>Learning rate and weight decay.</summary>
    public ParameterGroup Group { get; }

    /// <summary>How many steps this parameter has taken; the optimizer counts them.</summary>
    public long Steps { get; set; }

    /// <summary>The backward pass that the last step's gradient came from; 0 before.</summary>
    internal long LastPass { get; set; }

    /// <summary>The state tensors, in <see cref="StateType"/>; empty before the first step.</summary>
    public IReadOnlyList<Tensor> States => Tensors;

    internal Tensor[] Tensors { get; set; } = [];

    /// <summary>Whether the state tensors are there.</summary>
    internal bool IsPrepared { get; set; }

    /// <summary>Half types would lose small changes: their states are kept in F32.</summary>
    public DType StateType => Parameter.DType.Compute;

    // Reused from step to step: a step allocates nothing.
    Operand[] _inputs = [], _outputs = [];

    /// <summary>Runs the rule over all elements, in place.</summary>
    internal unsafe void Update(Rule rule, ReadOnlySpan<double> scalars)
    {
        Tensor gradient = Parameter.Grad!;
        int states = Tensors.Length;
        if (_outputs.Length == 0) (_inputs, _outputs) = (new Operand[rule.Formula.Inputs], new Operand[1 + states]);
        fixed (double* values = scalars)
        {
            _inputs[0] = _outputs[0] = Parameter.Operand;
            _inputs[1] = gradient.Operand;
            for (int i = 0; i < states; i++) _inputs[2 + i] = _outputs[1 + i] = Tensors[i].Operand;
            for (int i = 0; i < scalars.Length; i++) _inputs[2 + states + i] = new Operand { Data = values + i, DType = DType.F64, Shape = [], Strides = [] };
            Parameter.Written();
            foreach (Tensor state in Tensors) state.Written();
            Elementwise.Run(rule.Formula, StateType, _inputs, _outputs);
        }

        GC.KeepAlive(gradient);
    }
}
