namespace Adjoint.Kernels.Formulas;

/// <summary>Symbolic reverse-mode differentiation: the backward pass, written down instead of run.</summary>
internal static class Differentiation
{
    /// <summary>For each wanted input, Σₖ ∂rootₖ/∂input · dyₖ, as terms over whatever the roots and gradients are over.</summary>
    public static Term[] Pull(Term[] roots, Term[] dys, ReadOnlySpan<int> wanted)
    {
        List<Term> order = Term.Ordered(roots);
        var gradient = new Dictionary<Term, Term>();
        for (int k = 0; k < roots.Length; k++) Collect(roots[k], dys[k]);

        // Users come after their arguments in the order: walking it backwards, a term's gradient is complete when met.
        for (int i = order.Count - 1; i >= 0; i--)
        {
            Term y = order[i];
            if (y.Function is not { } f || !gradient.TryGetValue(y, out Term? dy)) continue;
            for (int a = 0; a < y.Arguments.Length; a++)
                if (!y.Arguments[a].IsConstant) Collect(y.Arguments[a], f.Pull(a, y.Arguments, y, dy));
        }

        var result = new Term[wanted.Length];
        for (int i = 0; i < result.Length; i++) result[i] = gradient.TryGetValue(Term.Input(wanted[i]), out Term? dx) ? dx : Algebra.Zero;
        return result;

        void Collect(Term x, Term dx)
        {
            if (dx.Is(0)) return;
            gradient[x] = gradient.TryGetValue(x, out Term? sum) ? Algebra.Plus(sum, dx) : dx;
        }
    }

    /// <summary>
    /// The gradient formulas of <paramref name="forward"/> for some inputs, fused, over as few saved values as can be:
    /// where a forward output occurs in them and knowing it makes inputs superfluous, it is an argument itself.
    /// </summary>
    public static GradientFormula Vjp(Formula forward, ReadOnlySpan<int> wanted)
    {
        int n = forward.Inputs, m = forward.Outputs;
        Term[] roots = forward.Roots;
        var dys = new Term[m];
        for (int k = 0; k < m; k++) dys[k] = Term.Input(n + m + k);
        Term[] plain = Pull(roots, dys, wanted);

        // Candidates: keep no output, all of them, or one. Fewest saved values win; of equals, the one that recomputes less.
        Term[] best = plain;
        for (int only = -1; only < (m > 1 ? m : 0); only++)
        {
            Term[] candidate = Known(plain, roots, n, only);
            if (IsSmaller(candidate, best, n + m)) best = candidate;
        }

        var inputs = new Term[n + 2 * m];
        List<int> used = Used(best, inputs.Length);
        for (int i = 0; i < inputs.Length; i++) inputs[i] = used.IndexOf(i) is var at and >= 0 ? Term.Input(at) : Algebra.Zero;
        var names = new string[used.Count];
        for (int i = 0; i < names.Length; i++) names[i] = used[i] < n ? forward.Names[used[i]] : Formula.OutputName(forward, (used[i] - n) % m, gradient: used[i] >= n + m);
        return new(new Formula(Array.ConvertAll(best, t => t.With(inputs)), names), Within(used, 0, n), Within(used, n, n + m), Within(used, n + m, n + 2 * m));
    }

    /// <summary>The terms with outputs in place of what computes them: one of them, or all where <paramref name="only"/> is negative.</summary>
    static Term[] Known(Term[] terms, Term[] roots, int inputs, int only)
    {
        var done = new Dictionary<Term, Term>();
        return Array.ConvertAll(terms, t => t.Rewrite(
            s => s.Function is not null && Array.IndexOf(roots, s) is var k and >= 0 && (only < 0 || k == only) ? Term.Input(inputs + k) : null, done));
    }

    /// <summary>Whether fewer values must be saved, or as many for fewer terms.</summary>
    static bool IsSmaller(Term[] terms, Term[] others, int gradients)
    {
        int saved = Used(terms, gradients).Count, before = Used(others, gradients).Count;
        return saved < before || (saved == before && Term.Ordered(terms).Count < Term.Ordered(others).Count);
    }

    /// <summary>The numbers of the inputs below <paramref name="end"/> that occur.</summary>
    static List<int> Used(Term[] terms, int end)
    {
        var used = new List<int>();
        foreach (Term t in Term.Ordered(terms)) if (t.IsInput && t.Index < end) used.Add(t.Index);
        used.Sort();
        return used;
    }

    /// <summary>Which of the numbers lie in a range, counted from its start.</summary>
    static int[] Within(List<int> numbers, int start, int end)
    {
        var within = new List<int>();
        foreach (int i in numbers) if (i >= start && i < end) within.Add(i - start);
        return [.. within];
    }
}
