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

    /// <summary>The state tensors; empty before the first step.</summary>
    public Tensor[] States { get; set; } = [];

    /// <summary>Half types would lose small changes: their states are kept in F32.</summary>
    public DType StateType => parameter.DType.Compute;

    /// <summary>Runs the rule over all elements, in place.</summary>
    public unsafe void Update(Rule rule, ReadOnlySpan<double> scalars)
    {
        Tensor gradient = parameter.Grad!;
        int states = States.Length;
        Span<Operand> inputs = new Operand[2 + states + scalars.Length], outputs = new Operand[1 + states];
        fixed (double* values = scalars)
        {
            inputs[0] = outputs[0] = parameter.Operand;
            inputs[1] = gradient.Operand;
            for (int i = 0; i < states; i++) inputs[2 + i] = outputs[1 + i] = States[i].Operand;
            for (int i = 0; i < scalars.Length; i++) inputs[2 + states + i] = new Operand { Data = values + i, DType = DType.F64, Shape = [], Strides = [] };
            parameter.Written();
            foreach (Tensor state in States) state.Written();
            Elementwise.Run(rule.Formula, StateType, inputs, outputs);
        }

        GC.KeepAlive(gradient);
    }
}
