using System.Reflection;

namespace Adjoint.Kernels.Formulas;

/// <summary>A formula used as one word because some of its gradients are given by hand.</summary>
/// <remarks>It is opened up again before compiling, so it costs nothing there.</remarks>
internal sealed class Composed(Term body, Term?[] rules) : Function("Composed", rules.Length, [])
{
    /// <summary>What it computes, over the arguments.</summary>
    public Term Body => body;

    /// <summary>The gradients given by hand, over (arguments…, y, dy).</summary>
    public IReadOnlyList<Term?> Rules => rules;

    public Composed With(int argument, Term rule)
    {
        var more = (Term?[])rules.Clone();
        more[argument] = rule;
        return new(body, more);
    }

    public override double Evaluate(ReadOnlySpan<double> a) => Evaluation.Of([body], a)[0];

    public override Term Pull(int argument, Term[] arguments, Term y, Term dy)
    {
        if (rules[argument] is { } rule) return rule.With([.. arguments, y, dy]);
        Term own = Differentiation.Pull([body], [Term.Input(Arity)], [argument])[0];
        return own.With([.. arguments, dy]);
    }

    public override bool Equals(object? obj) =>
        obj is Composed other && body.Equals(other.Body) && rules.SequenceEqual(other.Rules);

    public override int GetHashCode() => HashCode.Combine(body, rules.Length);

    public override MethodInfo Method<V, T>() => throw Opened();

    public override unsafe void Block(float** arguments, float* result, nint count) => throw Opened();

    public override unsafe void Block(double** arguments, double* result, nint count) => throw Opened();

    public override unsafe void Block(long** arguments, long* result, nint count) => throw Opened();

    static InvalidOperationException Opened() => new("formula: a composed word is opened before compiling.");
}
