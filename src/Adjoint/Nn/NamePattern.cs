namespace Adjoint.Nn;

/// <summary>Names by a pattern in which <c>*</c> stands for any text, dots too, and <c>?</c> for one character.</summary>
internal static class NamePattern
{
    const int Hints = 3;

    /// <summary>The parameters whose names, tied ones under any of theirs, match.</summary>
    /// <param name="module">Whose parameters.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="what">What the sentence begins with.</param>
    /// <exception cref="ArgumentException">No name matches; the sentence has near ones.</exception>
    public static Tensor[] Select(Module module, string pattern, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ModuleWalk walk = module.Walk();
        return [.. Matching(walk.Tensors.Concat(walk.Aliases.Select(a => (a.Key, a.Value))).Where(t => t.Item2.IsParameter), pattern, what, "name of a parameter").Select(m => m.Value).Distinct()];
    }

    /// <summary>Those of named things whose names match.</summary>
    /// <param name="named">All of them.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="what">What the sentence begins with.</param>
    /// <param name="kind">What the pattern must match: <c>name of a parameter</c>.</param>
    /// <exception cref="ArgumentException">No name matches; the sentence has near ones.</exception>
    public static IReadOnlyList<(string Name, T Value)> Matching<T>(IEnumerable<(string Name, T Value)> named, string pattern, string what, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        (int Distance, string Name, T Value)[] ranked = [.. named.Select(n => (Distance(pattern, n.Name), n.Name, n.Value)).OrderBy(n => n.Item1)];
        (string, T)[] matching = [.. ranked.Where(n => n.Distance == 0).Select(n => (n.Name, n.Value))];
        if (matching.Length > 0) return matching;
        string hint = ranked.Length == 0 ? "" : $" Hint: near {(ranked.Length == 1 ? "is" : "are")} {string.Join(", ", ranked.Take(Hints).Select(n => $"'{n.Name}'"))}.";
        throw new ArgumentException($"{what}: a pattern must match the {kind}, but '{pattern}' matches none of {ranked.Length}.{hint}");
    }

    /// <summary>How many characters must be added, left out or replaced for the name to match; 0 if it does.</summary>
    /// <remarks>Levenshtein's distance, in which <c>*</c> swallows any characters and <c>?</c> one without a cost.</remarks>
    internal static int Distance(string pattern, string name)
    {
        int[] row = [.. Enumerable.Range(0, name.Length + 1)];
        foreach (char p in pattern)
        {
            int diagonal = row[0];
            if (p != '*') row[0]++;
            for (int j = 1; j < row.Length; j++)
            {
                int above = row[j];
                row[j] = p == '*' ? Math.Min(above, row[j - 1]) : Math.Min(diagonal + (p == '?' || p == name[j - 1] ? 0 : 1), 1 + Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
