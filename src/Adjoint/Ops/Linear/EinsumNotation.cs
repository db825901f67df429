namespace Adjoint.Ops;

/// <summary>A sum in Einstein's notation, checked against its operands: what each axis is called, and how long each index is.</summary>
/// <remarks>Letters stand for themselves; the axes under '...' are −1, −2, …, counted from the last, so that they align as in broadcasting.</remarks>
internal sealed class EinsumNotation
{
    const int Ellipsis = int.MinValue;

    /// <summary>The index of each axis of each operand.</summary>
    public int[][] Terms { get; }

    /// <summary>The index of each axis of the result.</summary>
    public int[] Output { get; }

    /// <summary>The length of each index: that of the operands' axes which are not 1.</summary>
    public Dictionary<int, long> Sizes { get; } = [];

    public EinsumNotation(string equation, ReadOnlySpan<Tensor> operands)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        if (sides.Length > 2) throw new ArgumentException($"einsum: an equation has at most one '->', but it is '{equation}'.");
        string[] terms = sides[0].Split(',');
        if (terms.Length != operands.Length) throw new ArgumentException($"einsum: there must be one operand for each term, but '{equation}' has {Count(terms.Length, "term")} and there {(operands.Length == 1 ? "is" : "are")} {Count(operands.Length, "operand")}.");
        Terms = new int[terms.Length][];
        int hidden = 0;
        for (int i = 0; i < terms.Length; i++)
        {
            Terms[i] = Axes(Letters(terms[i], equation), operands[i].Shape, equation, i);
            hidden = Math.Max(hidden, Terms[i].Count(label => label < 0));
            Measure(i, operands[i].Shape);
        }

        Output = sides.Length == 2 ? Explicit(Letters(sides[1], equation), hidden, equation) : Implicit(hidden);
    }

    static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    static List<int> Letters(string term, string equation)
    {
        List<int> labels = [];
        for (int at = 0; at < term.Length; at++)
        {
            bool dots = term.AsSpan(at).StartsWith("...");
            if (!(dots && !labels.Contains(Ellipsis)) && !char.IsAsciiLetter(term[at]))
                throw new ArgumentException($"einsum: terms must consist of letters and at most one '...', but the equation is '{equation}'.");
            labels.Add(dots ? Ellipsis : term[at]);
            if (dots) at += 2;
        }

        return labels;
    }

    static int[] Axes(List<int> labels, Shape shape, string equation, int operand)
    {
        int dots = labels.IndexOf(Ellipsis), more = shape.Rank - labels.Count + (dots < 0 ? 0 : 1);
        if (dots < 0 ? more != 0 : more < 0)
            throw new ShapeException($"einsum: a term must name the axes of its operand, but term {operand} of '{equation}' names {labels.Count - (dots < 0 ? 0 : 1)} and the operand is {shape}.");
        return Spread(labels, more);
    }

    /// <summary>With the dots replaced by that many axes.</summary>
    static int[] Spread(IEnumerable<int> labels, int dots) => [.. labels.SelectMany(label => label == Ellipsis ? Enumerable.Range(-dots, dots) : [label])];

    void Measure(int operand, Shape shape)
    {
        int[] labels = Terms[operand];
        for (int axis = 0; axis < labels.Length; axis++)
        {
            int label = labels[axis];
            // Twice in one operand means its diagonal, and that of a rectangle is not meant.
            int first = Array.IndexOf(labels, label);
            bool square = shape[first] == shape[axis];
            long known = Sizes.GetValueOrDefault(label, 1);
            if (!square || (known != 1 && shape[axis] != 1 && known != shape[axis]))
                throw new ShapeException($"einsum: an index must have one size (or 1, which broadcasts), but '{Text(label)}' is {(square ? known : shape[first])} and, in operand {operand} of shape {shape}, {shape[axis]}.");
            Sizes[label] = known == 1 ? shape[axis] : known;
        }
    }

    static string Text(int label) => label < 0 ? "..." : ((char)label).ToString();

    int[] Explicit(List<int> labels, int dots, string equation)
    {
        int[] output = Spread(labels, dots);
        foreach (int label in output)
        {
            if (!Sizes.ContainsKey(label)) throw new ArgumentException($"einsum: the result's indices must occur in a term, but '{Text(label)}' does not and the equation is '{equation}'.");
            if (output.Count(l => l == label) > 1) throw new ArgumentException($"einsum: the result's indices must differ, but '{Text(label)}' is there twice and the equation is '{equation}'.");
        }

        return output;
    }

    // What is under the dots, then the letters that occur once, in the order of the alphabet.
    int[] Implicit(int dots) =>
        [.. Enumerable.Range(-dots, dots), .. Terms.SelectMany(t => t).Where(l => l >= 0).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()];
}
