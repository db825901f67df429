using Adjoint.Explaining;
using static Adjoint.Cli.Explaining.Matrix;

namespace Adjoint.Cli.Explaining;

/// <summary>The layers of a lesson as textbooks write them, last to first, with the product of the chain rule for every weight.</summary>
internal static class LayerSection
{
    const int MostLines = 400;

    public static Html Of(IReadOnlyList<ExplainedLayer> layers, Step step, long rows) => layers.Count == 0 ? new("") : Html.Of($"""
        <section aria-labelledby="layers">
        <h2 id="layers">The layers, backward</h2>
        <p>With z = x·Wᵀ + b and a = σ(z), a weight moves the loss through z and a: <b>∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w</b>. The first two factors are δ = ∂L/∂z; the last one is what the weight was multiplied by{(rows > 1 ? "; every row of the input has its own product, and they add up" : "")}.</p>
        {Html.Join(layers.Reverse().Select(l => Layer(l, step, rows > 1)))}
        </section>
        """);

    static Html Layer(ExplainedLayer layer, Step step, bool numbered) => Html.Of($"""
        <details open>
        <summary>{layer.Name} <small>{layer.Inputs} → {layer.Outputs}</small> <code>{ValuePanel.Typeset(layer.ActivationText)}</code> <code class="gradient">{ValuePanel.Typeset(layer.DerivativeText)}</code></summary>
        <div class="tables">
        <div class="scroll"><table><caption>Units</caption><thead><tr>{Row(numbered, "<th>row</th>")}<th>unit</th><th>z</th><th>a</th><th>∂L/∂a</th><th>∂a/∂z</th><th>δ = ∂L/∂z</th></tr></thead><tbody>
        {Limited(Units(layer, numbered), layer.Rows * layer.Outputs)}
        </tbody></table></div>
        <div class="scroll"><table><caption>Weights</caption><thead><tr><th>weight</th>{Row(numbered, "<th>row</th>")}<th>w</th><th>∂L/∂a · ∂a/∂z · ∂z/∂w</th><th>∂L/∂w</th><th>w after the step</th></tr></thead><tbody>
        {Limited(Weights(layer, step, numbered), (layer.Inputs + (layer.Bias is null ? 0 : 1)) * layer.Outputs * (numbered ? layer.Rows + 1 : 1))}
        </tbody></table></div>
        </div>
        </details>
        """);

    static IEnumerable<Html> Units(ExplainedLayer layer, bool numbered)
    {
        for (int at = 0; at < layer.Z.Count; at++)
            yield return Html.Of($"<tr>{Row(numbered, $"<td>{at / layer.Outputs}</td>")}<td>{at % layer.Outputs}</td><td class=\"value\">{Shown(layer.Z[at])}</td><td class=\"value\">{Shown(layer.A.Values[at])}</td><td class=\"gradient\">{Shown(layer.Gradient[at])}</td><td>{Shown(layer.Derivative[at])}</td><td class=\"gradient\">{Shown(layer.Delta[at])}</td></tr>");
    }

    static IEnumerable<Html> Weights(ExplainedLayer layer, Step step, bool numbered)
    {
        for (int unit = 0; unit < layer.Outputs; unit++)
        {
            for (int input = 0; input < layer.Inputs; input++)
            {
                int at = (int)((unit * layer.Inputs) + input);
                foreach (Html line in Weight($"w[{unit},{input}]", layer.Weight, at, layer.WeightTerms(unit, input), layer.WeightGradient[at], step, numbered)) yield return line;
            }

            if (layer.Bias is null) continue;
            foreach (Html line in Weight($"b[{unit}]", layer.Bias, unit, layer.BiasTerms(unit), layer.BiasGradient[unit], step, numbered)) yield return line;
        }
    }

    static IEnumerable<Html> Weight(string name, ExplainedValue parameter, int at, IEnumerable<ChainTerm> terms, double sum, Step step, bool numbered)
    {
        string before = Shown(parameter.Values[at]), after = step.Changes.FirstOrDefault(c => c.Parameter == parameter) is { } change ? Shown(change.After[at]) : "";
        foreach (ChainTerm term in terms)
        {
            Html product = Html.Of($"<td>{Between(term.Gradient)} · {Between(term.Derivative)} · {Between(term.Input)}</td><td class=\"gradient\">{Shown(term.Product)}</td>");
            yield return numbered ? Html.Of($"<tr><td>{name}</td><td>{term.Row}</td><td></td>{product}<td></td></tr>") : Html.Of($"<tr><td>{name}</td><td class=\"value\">{before}</td>{product}<td class=\"value\">{after}</td></tr>");
        }

        if (numbered) yield return Html.Of($"<tr class=\"sum\"><td>{name}</td><td>sum</td><td class=\"value\">{before}</td><td></td><td class=\"gradient\">{Shown(sum)}</td><td class=\"value\">{after}</td></tr>");
    }

    static Html Row(bool numbered, string cell) => new(numbered ? cell : "");

    static Html Limited(IEnumerable<Html> lines, long count) => Html.Of($"{Html.Join(lines.Take(MostLines))}{Html.When(count > MostLines, Html.Of($"<tr><td colspan=\"8\">… and {count - MostLines} more lines; --json writes all factors.</td></tr>"))}");
}
