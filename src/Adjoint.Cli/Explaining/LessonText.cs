using Adjoint.Cli.Output;
using Adjoint.Explaining;
using static Adjoint.Cli.Output.Readable;

namespace Adjoint.Cli.Explaining;

/// <summary>A lesson for the terminal: forward, loss, then backward layer by layer with the product for each weight, then the step.</summary>
internal sealed class LessonText(Screen screen, Lesson lesson, Explanation explained, Step step)
{
    // What fits a screen or two; files have the rest.
    const int MostLines = 48, MostFactors = 4;

    readonly Dictionary<ExplainedOperation, ExplainedLayer> _layers = explained.Layers.SelectMany(l => l.Activation is null ? [(l.Affine, l)] : new[] { (l.Affine, l), (l.Activation, l) }).ToDictionary();

    public void Show()
    {
        long parameters = explained.Values.Where(v => v.Kind == ExplainedKind.Leaf).Sum(v => v.Shape.Elements);
        screen.Line($"Explaining {lesson.Title}: {Count(parameters, "parameter")}, {Count(lesson.Rows, "row")} of input; the loss is {lesson.LossName}.");
        Forward();
        screen.Line();
        screen.Line($"loss L = {Value(explained.Loss.Values[0])}");
        Backward();
        Descent();
    }

    void Forward()
    {
        Title("FORWARD");
        var others = new List<ExplainedOperation>();
        foreach (ExplainedOperation operation in explained.Operations)
        {
            if (!_layers.TryGetValue(operation, out ExplainedLayer? layer)) others.Add(operation);
            if (layer?.Affine != operation) continue;
            ForwardOthers(others);
            Forward(layer);
        }

        ForwardOthers(others);
    }

    void Forward(ExplainedLayer layer)
    {
        screen.Line();
        screen.Line($"{layer.Name}: z = x·Wᵀ{(layer.Bias is null ? "" : " + b")}, {layer.ActivationText}");
        bool written = layer.Inputs <= MostFactors;
        Table(2, written ? ["row", "unit", "W·x + b", "z", "a"] : ["row", "unit", "z", "a"], Units(layer, (row, unit, at) =>
        {
            string[] numbers = [Value(layer.Z[at]), Value(layer.A.Values[at])];
            return written ? [$"{row}", $"{unit}", Sum(layer, row, unit), .. numbers] : [$"{row}", $"{unit}", .. numbers];
        }));
    }

    static string Sum(ExplainedLayer layer, long row, long unit)
    {
        IEnumerable<string> products = Range(layer.Inputs).Select(i => $"{Factor(layer.Weight.Values[(int)((unit * layer.Inputs) + i)])}·{Factor(layer.X.Values[(int)((row * layer.Inputs) + i)])}");
        return string.Join(" + ", layer.Bias is { } bias ? products.Append(Factor(bias.Values[(int)unit])) : products);
    }

    void ForwardOthers(List<ExplainedOperation> operations)
    {
        if (operations.Count == 0) return;
        screen.Line();
        Table(2, ["operation", "computes", "result"], operations.Select(o => new[] { Named(o), o.Equation ?? "", Short(o.Outputs.Select(v => v.Values)) }));
        operations.Clear();
    }

    void Backward()
    {
        Title("BACKWARD");
        screen.Line("By the chain rule ∂L/∂x is the sum of ∂L/∂y · ∂y/∂x over the operations y that use x.");
        var others = new List<ExplainedOperation>();
        foreach (ExplainedOperation operation in explained.Operations.Reverse())
        {
            if (!_layers.TryGetValue(operation, out ExplainedLayer? layer)) others.Add(operation);
            if (layer?.Affine != operation) continue;
            BackwardOthers(others);
            Backward(layer);
        }

        BackwardOthers(others);
    }

    void BackwardOthers(List<ExplainedOperation> operations)
    {
        if (operations.Count == 0) return;
        screen.Line();
        Table(2, ["operation", "rule", "∂L/∂y", "gives"], operations.Select(o => new[]
        {
            Named(o), string.Join(", ", o.Derivatives), Short(o.Outputs.Select(v => v.Gradient)), Short(Enumerable.Range(0, o.Inputs.Count).Select(i => Given(o, i)).Where(g => g is not null)),
        }));
        operations.Clear();
    }

    void Backward(ExplainedLayer layer)
    {
        screen.Line();
        screen.Line($"{layer.Name}: δ = ∂L/∂z = ∂L/∂a · ∂a/∂z, {layer.DerivativeText}");
        Table(2, ["row", "unit", "∂L/∂a", "∂a/∂z", "δ"], Units(layer, (row, unit, at) => [$"{row}", $"{unit}", Value(layer.Gradient[at]), Value(layer.Derivative[at]), Value(layer.Delta[at])]));
        screen.Line();
        Table(2, ["weight", "row", "∂L/∂a · ∂a/∂z · ∂z/∂w", "∂L/∂w"], Weights(layer));
        if (Given(layer.Affine, 0) is not { } given || layer.Outputs > MostFactors) return;
        screen.Line();
        screen.Line("What goes on to x is the sum of δ·w over the units:");
        Table(2, ["row", "x", "δ·w", "∂L/∂x"], Range(layer.Rows).SelectMany(row => Range(layer.Inputs).Select(i => new[]
        {
            $"{row}", $"{i}",
            string.Join(" + ", Range(layer.Outputs).Select(unit => $"{Factor(layer.Delta[(int)((row * layer.Outputs) + unit)])}·{Factor(layer.Weight.Values[(int)((unit * layer.Inputs) + i)])}")),
            Value(given[(int)((row * layer.Inputs) + i)]),
        })));
    }

    static IEnumerable<string[]> Weights(ExplainedLayer layer)
    {
        foreach (long unit in Range(layer.Outputs))
        {
            foreach (long input in Range(layer.Inputs))
                foreach (string[] line in Terms($"w[{unit},{input}]", [.. layer.WeightTerms(unit, input)], layer.WeightGradient[(int)((unit * layer.Inputs) + input)])) yield return line;
            if (layer.Bias is null) continue;
            foreach (string[] line in Terms($"b[{unit}]", [.. layer.BiasTerms(unit)], layer.BiasGradient[(int)unit])) yield return line;
        }
    }

    static IEnumerable<string[]> Terms(string weight, ChainTerm[] terms, double sum)
    {
        foreach (ChainTerm term in terms) yield return [weight, $"{term.Row}", $"{Factor(term.Gradient)} · {Factor(term.Derivative)} · {Factor(term.Input)}", Value(term.Product)];
        if (terms.Length != 1) yield return [weight, "all", "sum", Value(sum)];
    }

    void Descent()
    {
        Title("STEP");
        screen.Line($"w ← w − {Value(step.Rate)} · ∂L/∂w");
        screen.Line();
        Table(1, ["parameter", "before", "∂L/∂w", "after"], step.Changes.SelectMany(c => c.Before.Select((before, i) => new[] { Indexed(c.Parameter, i), Value(before), Value(c.Parameter.Gradient![i]), Value(c.After[i]) })));
        screen.Line();
        string what = step.LossAfter < step.LossBefore ? "falls" : step.LossAfter > step.LossBefore ? "rises: the step was too long" : "stays";
        screen.Line($"loss {Value(step.LossBefore)} -> {Value(step.LossAfter)}: it {what}");
    }

    /// <summary>Hidden.Weight[0,1].</summary>
    public static string Indexed(ExplainedValue value, int at)
    {
        var index = new List<long>();
        long rest = at;
        for (int i = value.Shape.Rank - 1; i >= 0; i--)
        {
            index.Insert(0, rest % value.Shape[i]);
            rest /= value.Shape[i];
        }

        return $"{value.Name}[{string.Join(',', index)}]";
    }

    /// <summary>What an operation gave back to one of its inputs.</summary>
    static IReadOnlyList<double>? Given(ExplainedOperation operation, int input) => operation.Inputs[input].Uses.First(u => u.Operation == operation && u.Input == input).Gradient;

    static string Named(ExplainedOperation operation) => operation.Module is null ? operation.Name : $"{operation.Module}: {operation.Name}";

    static string Short(IEnumerable<IReadOnlyList<double>?> values) => string.Join("; ", values.Select(v => v is null ? "-" : v.Count == 1 ? Value(v[0]) : $"[{string.Join(", ", v.Take(MostFactors).Select(Value))}{(v.Count > MostFactors ? ", …" : "")}]"));

    static IEnumerable<string[]> Units(ExplainedLayer layer, Func<long, long, int, string[]> line) =>
        Range(layer.Rows).SelectMany(row => Range(layer.Outputs).Select(unit => line(row, unit, (int)((row * layer.Outputs) + unit))));

    static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);

    static string Count(long count, string thing) => FormattableString.Invariant($"{count:#,0} {thing}{(count == 1 ? "" : "s")}");

    void Title(string text)
    {
        screen.Line();
        screen.Line(text);
    }

    /// <summary>A table without more lines than can be read; of a single row of input the number is left out.</summary>
    void Table(int texts, string[] heads, IEnumerable<string[]> lines)
    {
        string[][] all = [.. lines];
        int row = lesson.Rows == 1 ? Array.IndexOf(heads, "row") : -1;
        string[] Without(string[] line) => row < 0 ? line : [.. line[..row], .. line[(row + 1)..]];
        screen.Table(row < 0 ? texts : texts - 1, Without(heads), [.. all.Take(MostLines).Select(Without)]);
        if (all.Length > MostLines) screen.Line($"… and {all.Length - MostLines} more lines; --json writes all numbers.");
    }
}
