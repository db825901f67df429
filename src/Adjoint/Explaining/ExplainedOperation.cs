using System.Reflection;
using Adjoint.Ops;

namespace Adjoint.Explaining;

/// <summary>A recorded operation of an explained pass.</summary>
public sealed class ExplainedOperation
{
    readonly List<ExplainedValue> _outputs = [];

    internal ExplainedOperation(int number, Op op, string? module, ExplainedValue[] inputs)
    {
        (Number, Op, Module, Inputs) = (number, op, module, inputs);
        (Equation, Derivatives) = op is Elementwise elementwise ? (elementwise.Equation, elementwise.Derivatives)
            : op.GetType().GetCustomAttribute<GradientRuleAttribute>() is { } rule ? (rule.Value, rule.Gradients)
            : (null, []);
    }

    /// <summary>Counted from 1 in the order of the forward pass.</summary>
    public int Number { get; }

    /// <summary>What messages call it: <c>linear</c>.</summary>
    public string Name => Op.Name;

    /// <summary>The operation with its settings, as it prints itself.</summary>
    public string Settings => Op.ToString();

    /// <summary>The path of the module that called it, or the kind of an outermost one; null outside of modules.</summary>
    public string? Module { get; }

    /// <summary>What went in.</summary>
    public IReadOnlyList<ExplainedValue> Inputs { get; }

    /// <summary>What came out, without what is kept for the backward pass only.</summary>
    public IReadOnlyList<ExplainedValue> Outputs => _outputs;

    /// <summary>Whether formula and derivatives act on each element alone, and were derived from one another.</summary>
    public bool IsElementwise => Op is Elementwise;

    /// <summary>What it computes: <c>y = sigmoid(x) = 1 / (1 + exp(-x))</c>; null where the operation does not say (<see cref="GradientRuleAttribute"/>).</summary>
    public string? Equation { get; }

    /// <summary>How gradients pass: of an elementwise operation the derivatives (<c>dy/dx = y * (1 - y)</c>), of others the rules of its inputs' gradients.</summary>
    public IReadOnlyList<string> Derivatives { get; }

    internal Op Op { get; }

    internal void Add(ExplainedValue output)
    {
        _outputs.Add(output);
        output.Producer = this;
    }
}
