using System.Linq.Expressions;
using Adjoint.Kernels.Formulas;

namespace Adjoint;

/// <summary>An elementwise function, given as a C# lambda over <see cref="double"/>: <c>Formula.Of(x => x * Sigmoid(x))</c>.</summary>
/// <remarks>
/// A formula is data: from it come the SIMD loops for every element type, its derivatives to any order
/// (<see cref="Vjp(int)"/>) and a reference in double (<see cref="Evaluate"/>). The language: <c>+ - * /</c>, comparisons with
/// <c>&amp;&amp; || !</c> in <c>c ? a : b</c> (both branches are computed, lane by lane one is taken), the functions of
/// <see cref="Math"/> and <see cref="Vocabulary"/>, and other formulas through <see cref="Apply(double)"/>. Everything that
/// does not depend on the inputs is evaluated once, when the formula is made. Formulas are equal when they compute the same
/// by structure; the names of the parameters do not matter.
/// </remarks>
public sealed partial class Formula : IEquatable<Formula>
{
    readonly int _hash;

    internal Formula(Term[] roots, string[] names)
    {
        (Roots, Names) = (roots, names);
        var hash = new HashCode();
        hash.Add(names.Length);
        foreach (Term r in roots) hash.Add(r);
        _hash = hash.ToHashCode();
    }

    /// <summary><c>y = x</c>: what copies and conversions run.</summary>
    public static Formula Identity { get; } = Of(x => x);

    internal Term[] Roots { get; }

    internal string[] Names { get; }

    /// <summary>Whether this is <see cref="Identity"/>.</summary>
    internal bool IsIdentity => Inputs == 1 && Outputs == 1 && Roots[0].IsInput;

    /// <summary>Arithmetic operations and functions of one evaluation: equal subterms are computed once, a multiply-add counts two.</summary>
    internal long Arithmetic { get => field >= 0 ? field : field = Term.Ordered(Roots).Sum(t => t.Function is null ? 0L : t.Function == Functions.FusedMultiplyAdd ? 2 : 1); } = -1;

    /// <summary>Whether the only output is always 0.</summary>
    internal bool IsZero => Outputs == 1 && Roots[0].Is(0);

    /// <summary>The number of inputs.</summary>
    public int Inputs => Names.Length;

    /// <summary>The number of outputs.</summary>
    public int Outputs => Roots.Length;

    /// <summary>Whether all functions used have a meaning on integers, and all constants are integers; division has none.</summary>
    public bool IsIntegral => Lowering.IsIntegral(Roots);

    /// <summary>The reference: every output in double precision, by the scalar functions of <see cref="Math"/> and <see cref="Vocabulary"/>.</summary>
    /// <param name="inputs">One number for each input.</param>
    /// <returns>One number for each output.</returns>
    /// <exception cref="ArgumentException">The number of inputs is wrong.</exception>
    public double[] Evaluate(ReadOnlySpan<double> inputs)
    {
        if (inputs.Length != Inputs)
            throw new ArgumentException($"formula: one number for each input is needed, but {this} has {Inputs} and {inputs.Length} came.", nameof(inputs));
        return Evaluation.Of(Roots, inputs);
    }

    /// <summary>The gradient of one input: Σₖ ∂outputₖ/∂input · dyₖ.</summary>
    /// <param name="input">The number of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public GradientFormula Vjp(int input) => Vjp([input]);

    /// <summary>The gradients of several inputs, fused in one formula with an output for each of them.</summary>
    /// <param name="inputs">Numbers of inputs, in the order in which the gradients shall come.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public GradientFormula Vjp(params ReadOnlySpan<int> inputs)
    {
        foreach (int i in inputs) CheckInput(i);
        return Differentiation.Vjp(this, inputs);
    }

    /// <summary>The gradients of all inputs, fused.</summary>
    public GradientFormula VjpAll() => Vjp([.. Enumerable.Range(0, Inputs)]);

    /// <summary>Two formulas are equal when they have the same structure.</summary>
    public bool Equals(Formula? other) => ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Inputs == other.Inputs && Roots.AsSpan().SequenceEqual(other.Roots));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Formula);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The formula in ordinary notation, <c>0.5 * x * (1 + erf(x))</c>; several outputs are separated by <c>", "</c>.</summary>
    public override string ToString() => string.Join(", ", Roots.Select(r => FormulaText.Of(r, Names)));

    internal static string OutputName(Formula forward, int output, bool gradient)
    {
        string y = Array.IndexOf(forward.Names, "y") < 0 ? "y" : "output";
        return (gradient ? "d" : "") + y + (forward.Outputs > 1 ? output : "");
    }

    void CheckInput(int input)
    {
        if ((uint)input >= (uint)Inputs)
            throw new ArgumentOutOfRangeException(nameof(input), $"formula: inputs are numbered from 0, but {this} has {Inputs} and number {input} was asked for.");
    }
}
