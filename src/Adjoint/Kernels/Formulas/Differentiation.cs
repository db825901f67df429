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
        for (int i = 0; i < result.Length; i++) result[i] = gradient.GetValueOrDefault(Term.Input(wanted[i]), Algebra.Zero);
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
        Term[] dys = [.. Enumerable.Range(n + m, m).Select(Term.Input)];
        Term[] plain = Pull(roots, dys, wanted);

        // Candidates: keep no output, all of them, or one. Fewest saved values win; of equals, the one that recomputes less.
        Term[] best = plain;
        var candidates = new List<Func<int, bool>> { _ => true };
        if (m > 1)
            for (int k = 0; k < m; k++)
            {
                int only = k;
                candidates.Add(i => i == only);
            }
        foreach (Func<int, bool> keep in candidates)
        {
            Term[] candidate = Known(plain, roots, n, keep);
            if (Size(candidate, n + m).CompareTo(Size(best, n + m)) < 0) best = candidate;
        }

        int[] used = [.. Term.Ordered(best).Where(t => t.IsInput).Select(t => t.Index).Order()];
        var inputs = new Term[n + 2 * m];
        Array.Fill(inputs, Algebra.Zero);
        for (int i = 0; i < used.Length; i++) inputs[used[i]] = Term.Input(i);
        string[] names = [.. used.Select(i => i < n ? forward.Names[i] : Formula.OutputName(forward, (i - n) % m, gradient: i >= n + m))];
        return new(
            new Formula([.. best.Select(t => t.With(inputs))], names),
            [.. used.Where(i => i < n)],
            [.. used.Where(i => i >= n && i < n + m).Select(i => i - n)],
            [.. used.Where(i => i >= n + m).Select(i => i - n - m)]);
    }

    static Term[] Known(Term[] terms, Term[] roots, int inputs, Func<int, bool> keep)
    {
        var done = new Dictionary<Term, Term>();
        return Array.ConvertAll(terms, t => t.Rewrite(
            s => s.Function is not null && Array.IndexOf(roots, s) is var k and >= 0 && keep(k) ? Term.Input(inputs + k) : null, done));
    }

    /// <summary>How many values must be saved, and how many terms there are.</summary>
    static (int Saved, int Terms) Size(Term[] terms, int gradients)
    {
        List<Term> all = Term.Ordered(terms);
        return (all.Count(t => t.IsInput && t.Index < gradients), all.Count);
    }
}
