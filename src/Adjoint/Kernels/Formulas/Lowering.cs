namespace Adjoint.Kernels.Formulas;

/// <summary>Turns terms into the ones that are computed: composed words opened, multiply-adds fused, or integers made of them.</summary>
/// <remarks>Compiler and interpreter both start from here, hence give the same bits.</remarks>
internal static class Lowering
{
    public static Term[] For(DType compute, Term[] roots)
    {
        roots = Open(roots);
        return compute == DType.I64 ? Integers(roots) : Fuse(roots);
    }

    public static bool IsIntegral(Term[] roots) =>
        Term.Ordered(Open(roots)).TrueForAll(t => t.Function?.Integral ?? (t.IsInput || IsInteger(t.Value)));

    static bool IsInteger(double value) => double.IsInteger(value) && Math.Abs(value) < 1L << 62;

    static Term[] Open(Term[] roots)
    {
        while (Term.Ordered(roots).Exists(t => t.Function is Composed))
        {
            var done = new Dictionary<Term, Term>();
            roots = Array.ConvertAll(roots, r => r.Rewrite(t => t.Function is Composed word ? word.Body.With(t.Arguments) : null, done));
        }

        return roots;
    }

    static Term[] Integers(Term[] roots)
    {
        foreach (Term t in Term.Ordered(roots))
        {
            if (t.Function is { Integral: false } f)
                throw new DTypeException($"formula: integers can be added, multiplied and compared, but the formula uses {f.Name}. Convert to a floating-point type first.");
            if (t.IsConstant && !IsInteger(t.Value))
                throw new DTypeException($"formula: on integers constants must be integers, but the formula has {t.Value}. Convert to a floating-point type first.");
        }

        var done = new Dictionary<Term, Term>();
        return Array.ConvertAll(roots, r => r.Rewrite(Change, done));

        Term? Change(Term t)
        {
            if (t.Function is { KeepsIntegers: true }) return t.Arguments[0].Rewrite(Change, done);
            if (!ReferenceEquals(t.Function, Functions.Sign)) return null;
            Term x = t.Arguments[0].Rewrite(Change, done);
            return Algebra.If(Algebra.Apply(Functions.Less, Algebra.Zero, x), Algebra.One,
                Algebra.If(Algebra.Apply(Functions.Less, x, Algebra.Zero), Term.Constant(-1), Algebra.Zero));
        }
    }

    /// <summary>
    /// a·b + c becomes one instruction, rounded once, if the product is used nowhere else and c is no product: a·b − c·d must
    /// be 0 when the products are equal, which it would not be with one of them unrounded.
    /// </summary>
    static Term[] Fuse(Term[] roots)
    {
        var uses = new Dictionary<Term, int>();
        foreach (Term r in roots) Use(r);
        foreach (Term t in Term.Ordered(roots))
            foreach (Term a in t.Arguments) Use(a);

        var done = new Dictionary<Term, Term>();
        return Array.ConvertAll(roots, r => r.Rewrite(Change, done));

        void Use(Term t) => uses[t] = uses.TryGetValue(t, out int before) ? before + 1 : 1;

        Term? Change(Term t)
        {
            bool sum = ReferenceEquals(t.Function, Functions.Add), difference = ReferenceEquals(t.Function, Functions.Subtract);
            if (!sum && !difference) return null;
            (Term left, Term right) = (t.Arguments[0], t.Arguments[1]);
            if (IsProduct(left) == IsProduct(right) || uses[IsProduct(left) ? left : right] != 1) return null;
            if (IsProduct(left))
                return Fused(left.Arguments[0], left.Arguments[1], right, negateProduct: false, negateSum: difference);
            return Fused(right.Arguments[0], right.Arguments[1], left, negateProduct: difference, negateSum: false);
        }

        Term Fused(Term a, Term b, Term c, bool negateProduct, bool negateSum)
        {
            (a, b, c) = (a.Rewrite(Change, done), b.Rewrite(Change, done), c.Rewrite(Change, done));
            return Term.Of(Functions.FusedMultiplyAdd, negateProduct ? Algebra.Negative(a) : a, b, negateSum ? Algebra.Negative(c) : c);
        }

        static bool IsProduct(Term t) => ReferenceEquals(t.Function, Functions.Multiply);
    }
}
