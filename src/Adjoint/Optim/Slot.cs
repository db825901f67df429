using Adjoint.Kernels;

namespace Adjoint.Optim;

/// <summary>One parameter with what the optimizer remembers about it.</summary>
internal sealed class Slot(Tensor parameter, string name, ParameterGroup group)
{
    public Tensor Parameter => parameter;

    public string Name => name;

    public ParameterGroup Group => group;

    /// <summary>How many steps this parameter has taken.</summary>
    public long Steps { get; set; }

    /// <summary>The backward pass that the last step's gradient came from; 0 before.</summary>
    public long LastPass { get; set; }

    /// <summary>The state tensors; empty before the first step.</summary>
    public Tensor[] States { get; set; } = [];

    /// <summary>Whether the state tensors are there.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>Half types would lose small changes: their states are kept in F32.</summary>
    public DType StateType => parameter.DType.Compute;

    // Reused from step to step: a step allocates nothing.
    Operand[] _inputs = [], _outputs = [];

    /// <summary>Runs the rule over all elements, in place.</summary>
    public unsafe void Update(Rule rule, ReadOnlySpan<double> scalars)
    {
        Tensor gradient = parameter.Grad!;
        int states = States.Length;
        if (_outputs.Length == 0) (_inputs, _outputs) = (new Operand[rule.Formula.Inputs], new Operand[1 + states]);
        fixed (double* values = scalars)
        {
            _inputs[0] = _outputs[0] = parameter.Operand;
            _inputs[1] = gradient.Operand;
            for (int i = 0; i < states; i++) _inputs[2 + i] = _outputs[1 + i] = States[i].Operand;
            for (int i = 0; i < scalars.Length; i++) _inputs[2 + states + i] = new Operand { Data = values + i, DType = DType.F64, Shape = [], Strides = [] };
            parameter.Written();
            foreach (Tensor state in States) state.Written();
            Elementwise.Run(rule.Formula, StateType, _inputs, _outputs);
        }

        GC.KeepAlive(gradient);
    }
}
