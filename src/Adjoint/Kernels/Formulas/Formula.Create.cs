using System.Linq.Expressions;
using Adjoint.Kernels.Formulas;

namespace Adjoint;

// How formulas are made: from lambdas, from other formulas, with gradients given by hand.
public sealed partial class Formula
{
    /// <summary>A formula of one input and one output.</summary>
    /// <param name="f">The lambda.</param>
    /// <exception cref="ArgumentException">The lambda holds something that is not in the formula language; the message names it.</exception>
    public static Formula Of(Expression<Func<double, double>> f) => Read(f);

    /// <summary>A formula of one input and several outputs, <c>a => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double[]>> f) => Read(f);

    /// <summary>A formula of two inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double>> f) => Read(f);

    /// <summary>A formula of two inputs and several outputs, <c>(a, b) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double[]>> f) => Read(f);

    /// <summary>A formula of three inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double>> f) => Read(f);

    /// <summary>A formula of three inputs and several outputs, <c>(a, b, c) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double[]>> f) => Read(f);

    /// <summary>A formula of four inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double>> f) => Read(f);

    /// <summary>A formula of four inputs and several outputs, <c>(a, b, c, d) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double[]>> f) => Read(f);

    /// <summary>A formula of five inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double>> f) => Read(f);

    /// <summary>A formula of five inputs and several outputs, <c>(a, b, c, d, e) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double[]>> f) => Read(f);

    /// <summary>A formula of six inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double, double>> f) => Read(f);

    /// <summary>A formula of six inputs and several outputs, <c>(a, b, c, d, e, f) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double, double[]>> f) => Read(f);

    /// <summary>A formula of seven inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double, double, double>> f) => Read(f);

    /// <summary>A formula of seven inputs and several outputs, <c>(a, b, c, d, e, f, g) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double, double, double[]>> f) => Read(f);

    /// <summary>A formula of eight inputs and one output.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double, double, double, double>> f) => Read(f);

    /// <summary>A formula of eight inputs and several outputs, <c>(a, b, c, d, e, f, g, h) => new[] { …, … }</c>.</summary>
    /// <inheritdoc cref="Of(Expression{Func{double, double}})"/>
    public static Formula Of(Expression<Func<double, double, double, double, double, double, double, double, double[]>> f) => Read(f);

    /// <summary>The same formula with the gradient of its first output given by hand, for one input.</summary>
    /// <remarks><c>Formula.Of(x => Math.Max(x, 0)).WithDerivative(0, (x, y, dy) => y > 0 ? dy : 0)</c></remarks>
    /// <param name="input">The number of the input.</param>
    /// <param name="rule">The gradient over (inputs…, the output y, its gradient dy), dy multiplied in.</param>
    /// <exception cref="ArgumentException">The rule does not take exactly the inputs, y and dy, or holds something that is not in the formula language.</exception>
    public Formula WithDerivative(int input, Expression<Func<double, double, double, double>> rule) => WithRule(input, rule);

    /// <inheritdoc cref="WithDerivative(int, Expression{Func{double, double, double, double}})"/>
    public Formula WithDerivative(int input, Expression<Func<double, double, double, double, double>> rule) => WithRule(input, rule);

    /// <inheritdoc cref="WithDerivative(int, Expression{Func{double, double, double, double}})"/>
    public Formula WithDerivative(int input, Expression<Func<double, double, double, double, double, double>> rule) => WithRule(input, rule);

    /// <inheritdoc cref="WithDerivative(int, Expression{Func{double, double, double, double}})"/>
    public Formula WithDerivative(int input, Expression<Func<double, double, double, double, double, double, double>> rule) => WithRule(input, rule);

    /// <inheritdoc cref="WithDerivative(int, Expression{Func{double, double, double, double}})"/>
    public Formula WithDerivative(int input, Expression<Func<double, double, double, double, double, double, double, double>> rule) => WithRule(input, rule);

    /// <inheritdoc cref="WithDerivative(int, Expression{Func{double, double, double, double}})"/>
    public Formula WithDerivative(int input, Expression<Func<double, double, double, double, double, double, double, double, double>> rule) => WithRule(input, rule);

    /// <summary>The first output for these inputs, in double. Inside another formula's lambda it stands for this whole formula.</summary>
    /// <param name="a">The input.</param>
    /// <exception cref="ArgumentException">The number of inputs is wrong.</exception>
    public double Apply(double a) => Evaluate([a])[0];

    /// <inheritdoc cref="Apply(double)"/>
    /// <param name="a">Input 0.</param>
    /// <param name="b">Input 1.</param>
    public double Apply(double a, double b) => Evaluate([a, b])[0];

    /// <inheritdoc cref="Apply(double)"/>
    /// <param name="a">Input 0.</param>
    /// <param name="b">Input 1.</param>
    /// <param name="c">Input 2.</param>
    public double Apply(double a, double b, double c) => Evaluate([a, b, c])[0];

    /// <inheritdoc cref="Apply(double)"/>
    /// <param name="a">Input 0.</param>
    /// <param name="b">Input 1.</param>
    /// <param name="c">Input 2.</param>
    /// <param name="d">Input 3.</param>
    public double Apply(double a, double b, double c, double d) => Evaluate([a, b, c, d])[0];

    static Formula Read(LambdaExpression lambda)
    {
        ArgumentNullException.ThrowIfNull(lambda);
        var names = new string[lambda.Parameters.Count];
        for (int i = 0; i < names.Length; i++) names[i] = lambda.Parameters[i].Name ?? $"x{i}";
        return new(ExpressionReader.Read(lambda), names);
    }

    Formula WithRule(int input, LambdaExpression rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        CheckInput(input);
        if (rule.Parameters.Count != Inputs + 2)
            throw new ArgumentException($"formula: a derivative takes the inputs, y and dy, but {this} has {Inputs} inputs and the rule takes {rule.Parameters.Count} numbers.", nameof(rule));
        var inputs = new Term[Inputs];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Term.Input(i);
        Composed word = Roots[0].Function is Composed known && Roots[0].Arguments.AsSpan().SequenceEqual(inputs)
            ? known
            : new(Roots[0], new Term?[Inputs]);
        return new([Term.Of(word.With(input, ExpressionReader.Read(rule)[0]), inputs), .. Roots.AsSpan(1)], Names);
    }

    /// <summary>The first output with other terms in place of the inputs.</summary>
    internal Term Inline(Term[] inputs)
    {
        if (inputs.Length != Inputs)
            throw new ArgumentException($"formula: one argument for each input is needed, but {this} has {Inputs} and {inputs.Length} came.");
        return Roots[0].With(inputs);
    }
}
