using static Adjoint.Kernels.Formulas.Functions;

namespace Adjoint.Kernels.Formulas;

/// <summary>Builds terms and simplifies them on the way.</summary>
/// <remarks>
/// Kept to rules that hold in floating point, with four deliberate liberties, all harmless where the value is finite:
/// <c>0·f</c> is 0 (a path that is switched off stays off even where f is infinite), the sign of a zero may change,
/// a product of two constants and a term is one constant times the term, and powers with a small constant exponent are
/// products or square roots.
/// </remarks>
internal static class Algebra
{
    public static readonly Term Zero = Term.Constant(0), One = Term.Constant(1);

    /// <summary>The simplified application of <paramref name="f"/>.</summary>
    public static Term Apply(Function f, params Term[] a)
    {
        if (Array.TrueForAll(a, t => t.IsConstant))
            return Term.Constant(f.Evaluate(Array.ConvertAll(a, t => t.Value)));
        return ReferenceEquals(f, Functions.Add) ? Plus(a[0], a[1])
            : ReferenceEquals(f, Functions.Subtract) ? Minus(a[0], a[1])
            : ReferenceEquals(f, Multiply) ? Times(a[0], a[1])
            : ReferenceEquals(f, Divide) ? Over(a[0], a[1])
            : ReferenceEquals(f, Functions.Negate) ? Negative(a[0])
            : ReferenceEquals(f, Functions.Pow) && a[1].IsConstant ? Power(a[0], a[1])
            : ReferenceEquals(f, Select) ? If(a[0], a[1], a[2])
            : ReferenceEquals(f, Not) ? Inverse(a[0])
            : ReferenceEquals(f, And) ? Both(a[0], a[1])
            : ReferenceEquals(f, Or) ? Either(a[0], a[1])
            : Term.Of(f, a);
    }

    public static Term Plus(Term a, Term b)
    {
        if (a.IsConstant && b.IsConstant) return Term.Constant(a.Value + b.Value);
        if (a.Is(0)) return b;
        if (b.Is(0)) return a;
        if (a.Equals(b)) return Times(Term.Constant(2), a);
        if (Is(b, Functions.Negate)) return Minus(a, b.Arguments[0]);
        if (Is(a, Functions.Negate)) return Minus(b, a.Arguments[0]);
        // c ? p : q plus c ? r : s, where two of them are 0: the two branches of one conditional find together again.
        if (Is(a, Select) && Is(b, Select) && a.Arguments[0].Equals(b.Arguments[0])
            && ((a.Arguments[2].Is(0) && b.Arguments[1].Is(0)) || (a.Arguments[1].Is(0) && b.Arguments[2].Is(0))))
            return If(a.Arguments[0], Plus(a.Arguments[1], b.Arguments[1]), Plus(a.Arguments[2], b.Arguments[2]));
        return Term.Of(Functions.Add, a, b);
    }

    public static Term Minus(Term a, Term b)
    {
        if (a.IsConstant && b.IsConstant) return Term.Constant(a.Value - b.Value);
        if (b.Is(0)) return a;
        if (a.Is(0)) return Negative(b);
        if (Is(b, Functions.Negate)) return Plus(a, b.Arguments[0]);
        return Term.Of(Functions.Subtract, a, b);
    }

    public static Term Times(Term a, Term b)
    {
        if (a.IsConstant && b.IsConstant) return Term.Constant(a.Value * b.Value);
        if (b.IsConstant) (a, b) = (b, a);
        if (a.Is(0)) return Zero;
        if (a.Is(1)) return b;
        if (a.Is(-1)) return Negative(b);
        if (Is(b, Functions.Negate)) return a.IsConstant ? Times(Term.Constant(-a.Value), b.Arguments[0]) : Negative(Times(a, b.Arguments[0]));
        if (Is(a, Functions.Negate)) return Negative(Times(a.Arguments[0], b));
        if (a.IsConstant && Is(b, Multiply) && b.Arguments[0].IsConstant && double.IsNormal(a.Value * b.Arguments[0].Value))
            return Times(Term.Constant(a.Value * b.Arguments[0].Value), b.Arguments[1]);
        if (Is(b, Divide) && b.Arguments[0].Is(1)) return Over(a, b.Arguments[1]);
        if (Is(a, Divide) && a.Arguments[0].Is(1)) return Over(b, a.Arguments[1]);
        // A gradient that is switched off must stay off where its slope is infinite: the condition moves outward.
        if (IsSwitch(a)) return If(a.Arguments[0], Times(a.Arguments[1], b), Times(a.Arguments[2], b));
        if (IsSwitch(b)) return If(b.Arguments[0], Times(a, b.Arguments[1]), Times(a, b.Arguments[2]));
        return Term.Of(Multiply, a, b);
    }

    public static Term Over(Term a, Term b)
    {
        if (a.IsConstant && b.IsConstant) return Term.Constant(a.Value / b.Value);
        if (a.Is(0)) return Zero;
        if (b.Is(1)) return a;
        if (b.Is(-1)) return Negative(a);
        if (b.IsConstant && double.IsPow2(Math.Abs(b.Value)) && double.IsNormal(1 / b.Value)) return Times(Term.Constant(1 / b.Value), a);
        if (Is(a, Functions.Negate)) return Negative(Over(a.Arguments[0], b));
        if (IsSwitch(a)) return If(a.Arguments[0], Over(a.Arguments[1], b), Over(a.Arguments[2], b));
        return Term.Of(Divide, a, b);
    }

    public static Term Negative(Term a)
    {
        if (a.IsConstant) return Term.Constant(-a.Value);
        if (Is(a, Functions.Negate)) return a.Arguments[0];
        if (Is(a, Functions.Subtract)) return Minus(a.Arguments[1], a.Arguments[0]);
        if (Is(a, Multiply) && a.Arguments[0].IsConstant) return Times(Term.Constant(-a.Arguments[0].Value), a.Arguments[1]);
        if (IsSwitch(a)) return If(a.Arguments[0], Negative(a.Arguments[1]), Negative(a.Arguments[2]));
        return Term.Of(Functions.Negate, a);
    }

    static Term Power(Term x, Term exponent) => exponent.Value switch
    {
        0 => One,
        1 => x,
        2 => Times(x, x),
        3 => Times(Times(x, x), x),
        4 => Times(Times(x, x), Times(x, x)),
        0.5 => Apply(Functions.Sqrt, x),
        -0.5 => Apply(Functions.Rsqrt, x),
        -1 => Over(One, x),
        -2 => Over(One, Times(x, x)),
        _ => Term.Of(Functions.Pow, x, exponent),
    };

    public static Term If(Term condition, Term yes, Term no)
    {
        if (condition.IsConstant) return condition.Value != 0 ? yes : no;
        if (yes.Equals(no)) return yes;
        if (Is(condition, Not)) return If(condition.Arguments[0], no, yes);
        return Term.Of(Select, condition, yes, no);
    }

    static Term Inverse(Term a) => Is(a, Not) ? a.Arguments[0] : Term.Of(Not, a);

    static Term Both(Term a, Term b) =>
        a.IsConstant ? (a.Value != 0 ? b : a) : b.IsConstant ? (b.Value != 0 ? a : b) : a.Equals(b) ? a : Term.Of(And, a, b);

    static Term Either(Term a, Term b) =>
        a.IsConstant ? (a.Value != 0 ? a : b) : b.IsConstant ? (b.Value != 0 ? b : a) : a.Equals(b) ? a : Term.Of(Or, a, b);

    static bool Is(Term t, Function f) => ReferenceEquals(t.Function, f);

    /// <summary>A conditional of which one branch is 0.</summary>
    static bool IsSwitch(Term t) => Is(t, Select) && (t.Arguments[1].Is(0) || t.Arguments[2].Is(0));
}
