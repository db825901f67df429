using Adjoint.Ops;

namespace Adjoint.Explaining;

/// <summary>One term of the chain rule of a weight: <c>∂L/∂a · ∂a/∂z · ∂z/∂w</c> in one row of the batch.</summary>
/// <param name="Row">The row, counted from 0.</param>
/// <param name="Gradient">∂L/∂a of the weight's unit.</param>
/// <param name="Derivative">∂a/∂z of the unit; 1 where no activation follows.</param>
/// <param name="Input">∂z/∂w: what the weight was multiplied by; 1 for a bias.</param>
public readonly record struct ChainTerm(long Row, double Gradient, double Derivative, double Input)
{
    /// <summary>The product.</summary>
    public double Product => Gradient * Derivative * Input;
}

/// <summary>A layer as textbooks write it: <c>z = x·Wᵀ + b, a = σ(z)</c>, and backward <c>δ = ∂L/∂a · σ′(z)</c>, <c>∂L/∂W = δᵀ·x</c>, <c>∂L/∂b = Σ δ</c>.</summary>
/// <remarks>
/// Made of a <see cref="Ops.Linear"/> whose weight is a leaf and of the elementwise function of z that follows, if z has no other use. All axes of x but the
/// last are rows; numbers lie row by row. Where no gradient arrived all gradients are 0.
/// </remarks>
public sealed class ExplainedLayer
{
    internal ExplainedLayer(ExplainedOperation affine, ExplainedOperation? activation)
    {
        (Affine, Activation) = (affine, activation);
        Weight = affine.Inputs[1];
        Bias = affine.Inputs.Count > 2 ? affine.Inputs[2] : null;
        (Outputs, Inputs) = (Weight.Shape[0], Weight.Shape[1]);
        ExplainedValue z = affine.Outputs[0], a = activation?.Outputs[0] ?? z;
        Rows = Outputs == 0 ? 0 : z.Values.Count / Outputs;
        (X, Z, A) = (affine.Inputs[0], z.Values, a);
        Gradient = a.Gradient ?? new double[z.Values.Count];
        Derivative = activation is null ? [.. Enumerable.Repeat(1.0, z.Values.Count)] : ((Elementwise)activation.Op).Slopes(z.Values, a.Values);
        Delta = [.. Gradient.Zip(Derivative, (g, d) => g * d)];
    }

    /// <summary>The path of its module; outside of modules the name of its weight, or the number of the operation.</summary>
    public string Name => Affine.Module ?? Weight.Name ?? $"operation {Affine.Number}";

    /// <summary>The affine map.</summary>
    public ExplainedOperation Affine { get; }

    /// <summary>σ; null where none follows.</summary>
    public ExplainedOperation? Activation { get; }

    /// <summary>σ in the letters of the layer: <c>a = sigmoid(z) = 1 / (1 + exp(-z))</c>.</summary>
    public string ActivationText => Activation is null ? "a = z" : ((Elementwise)Activation.Op).Text("z", "a").Equation;

    /// <summary>σ′ in the letters of the layer: <c>∂a/∂z = a * (1 - a)</c>.</summary>
    public string DerivativeText => Activation is null ? "∂a/∂z = 1" : $"∂a/∂z = {((Elementwise)Activation.Op).Text("z", "a").Derivative}";

    /// <summary>How many rows went through.</summary>
    public long Rows { get; }

    /// <summary>Numbers in a row of x.</summary>
    public long Inputs { get; }

    /// <summary>Units: numbers in a row of z.</summary>
    public long Outputs { get; }

    /// <summary>x, [rows, inputs].</summary>
    public ExplainedValue X { get; }

    /// <summary>W, [outputs, inputs].</summary>
    public ExplainedValue Weight { get; }

    /// <summary>b, [outputs], or null.</summary>
    public ExplainedValue? Bias { get; }

    /// <summary>a = σ(z), [rows, outputs]; z itself where no activation follows.</summary>
    public ExplainedValue A { get; }

    /// <summary>z = x·Wᵀ + b, [rows, outputs].</summary>
    public IReadOnlyList<double> Z { get; }

    /// <summary>∂L/∂a, summed over all uses of a, [rows, outputs].</summary>
    public IReadOnlyList<double> Gradient { get; }

    /// <summary>∂a/∂z by the derivative of σ's formula, [rows, outputs].</summary>
    public IReadOnlyList<double> Derivative { get; }

    /// <summary>δ = ∂L/∂z = ∂L/∂a · ∂a/∂z, [rows, outputs].</summary>
    public IReadOnlyList<double> Delta { get; }

    /// <summary>∂L/∂W: for each weight the sum of its terms, [outputs, inputs].</summary>
    public IReadOnlyList<double> WeightGradient => field ??= [.. from unit in Range(Outputs) from input in Range(Inputs) select WeightTerms(unit, input).Sum(t => t.Product)];

    /// <summary>∂L/∂b: for each unit the sum of its terms, [outputs].</summary>
    public IReadOnlyList<double> BiasGradient => field ??= [.. Range(Outputs).Select(unit => BiasTerms(unit).Sum(t => t.Product))];

    /// <summary>The chain rule for the weight from an input to a unit, row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such unit or input.</exception>
    public IEnumerable<ChainTerm> WeightTerms(long unit, long input)
    {
        Check(unit, Outputs, nameof(unit));
        Check(input, Inputs, nameof(input));
        return Range(Rows).Select(row => Term(row, unit, X.Values[(int)((row * Inputs) + input)]));
    }

    /// <summary>The chain rule for the bias of a unit, row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such unit.</exception>
    public IEnumerable<ChainTerm> BiasTerms(long unit)
    {
        Check(unit, Outputs, nameof(unit));
        return Range(Rows).Select(row => Term(row, unit, 1));
    }

    ChainTerm Term(long row, long unit, double input)
    {
        int at = (int)((row * Outputs) + unit);
        return new(row, Gradient[at], Derivative[at], input);
    }

    static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);

    void Check(long index, long count, string name)
    {
        if ((ulong)index >= (ulong)count) throw new ArgumentOutOfRangeException(name, $"explain: the {name} must be from 0 to {count - 1}, but it is {index} and layer '{Name}' is [{Outputs}, {Inputs}].");
    }
}
