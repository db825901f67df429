namespace Adjoint.Kernels.Formulas;

/// <summary>The plain meaning of terms: one double at a time.</summary>
internal static class Evaluation
{
    public static double[] Of(Term[] roots, ReadOnlySpan<double> inputs)
    {
        var values = new Dictionary<Term, double>();
        foreach (Term t in Term.Ordered(roots))
            values[t] = t.IsInput ? inputs[t.Index]
                : t.Function is { } f ? f.Evaluate(Array.ConvertAll(t.Arguments, a => values[a]))
                : t.Value;
        return Array.ConvertAll(roots, r => values[r]);
    }
}
