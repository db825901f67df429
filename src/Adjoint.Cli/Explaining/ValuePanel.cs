using Adjoint.Explaining;

namespace Adjoint.Cli.Explaining;

/// <summary>What the page tells of one value: how it was computed, its numbers, and where its gradient came from.</summary>
internal static class ValuePanel
{
    public static Html Of(ExplainedValue value, Explanation explained, Step step) => Html.Of($"""
        <article id="p{value.Number}"{new Html(value == explained.Loss ? "" : " hidden")} aria-labelledby="h{value.Number}">
        <h3 id="h{value.Number}">{GraphPicture.Title(value)} <small>{(value == explained.Loss ? "the loss L" : Kind(value))}</small></h3>
        {(value.Producer is { } operation ? Computed(operation) : new(""))}
        <div class="numbers">
        <div><h4>Value <small>{$"{value.Shape}"}</small></h4>{Matrix.Of(value.Shape, value.Values, "value")}</div>
        {Arrived(value, explained)}
        {(step.Changes.FirstOrDefault(c => c.Parameter == value) is { } change ? After(change, step) : new(""))}
        {(value.Producer is { } maker ? Html.Join(maker.Inputs.Select((_, i) => Given(maker, i))) : new(""))}
        </div>
        </article>
        """);

    static string Kind(ExplainedValue value) => value.Kind switch
    {
        ExplainedKind.Constant => "takes no gradient",
        ExplainedKind.Leaf => "parameter",
        _ => value.Producer is { } operation ? string.Join(", ", ((string[])[operation.Module is { } module ? $"in {module}" : "", Settings(operation)]).Where(t => t.Length > 0)) : "result",
    };

    static string Settings(ExplainedOperation operation) => operation.Settings.EndsWith("{ }", StringComparison.Ordinal) ? "" : operation.Settings;

    static Html Computed(ExplainedOperation operation) => Html.Of($"""
        <p class="from">from {Html.Join(operation.Inputs.Select(Link), ", ")}</p>
        {Html.When(operation.Equation is not null, Html.Of($"<p class=\"formula value\"><code>{Typeset(operation.Equation)}</code></p>"))}
        {Html.When(operation.Derivatives.Count > 0, Html.Of($"<p class=\"formula gradient\">{Html.Join(operation.Derivatives.Select(d => Html.Of($"<code>{Typeset(d)}</code>")), " ")}<span class=\"note\">{(operation.IsElementwise ? "derived from the formula, element by element; gradient = ∂L/∂y · derivative" : "d… stands for ∂L/∂…")}</span></p>"))}
        """);

    static Html Arrived(ExplainedValue value, Explanation explained)
    {
        if (value.Gradient is not { } gradient)
            return Html.Of($"<div><h4>Gradient</h4><p>{(value.Kind == ExplainedKind.Constant ? "A constant: nobody asks how the loss depends on it." : "None arrived: the loss does not depend on it.")}</p></div>");
        Html whole = Matrix.Of(value.Shape, gradient, "gradient");
        if (value == explained.Loss) return Html.Of($"<div><h4>Gradient</h4>{whole}<p>∂L/∂L = 1: here the backward pass starts.</p></div>");
        ExplainedUse[] uses = [.. value.Uses.Where(u => u.Gradient is not null)];
        IEnumerable<Html> terms = uses.Select((u, i) => Html.Of($"<div class=\"term\">{(i > 0 ? "+" : uses.Length > 1 ? "=" : "")} {Matrix.Of(value.Shape, u.Gradient!, "gradient")}<span>from {Link(u.Operation.Outputs[0])}</span></div>"));
        return Html.Of($"""
            <div><h4>Gradient ∂L/∂{GraphPicture.Title(value)}</h4>{Html.When(uses.Length > 1, whole)}{Html.Join(terms)}{Html.When(uses.Length > 1, Html.Of($"<p>The sum over its {uses.Length} uses.</p>"))}</div>
            """);
    }

    static Html After(Change change, Step step) => Html.Of($"""
        <div><h4>After the step <small>w − {Matrix.Shown(step.Rate)} · ∂L/∂w</small></h4>{Matrix.Of(change.Parameter.Shape, change.After, "value")}</div>
        """);

    static Html Given(ExplainedOperation operation, int input)
    {
        ExplainedValue value = operation.Inputs[input];
        return value.Uses.First(u => u.Operation == operation && u.Input == input).Gradient is { } given
            ? Html.Of($"<div><h4>Gives to {Link(value)}</h4>{Matrix.Of(value.Shape, given, "gradient")}</div>")
            : new("");
    }

    static Html Link(ExplainedValue value) => Html.Of($"<button type=\"button\" data-node=\"{value.Number}\">{GraphPicture.Title(value)}</button>");

    /// <summary>Formulas are written as in programs; a page can do better.</summary>
    public static string? Typeset(string? formula) => formula?.Replace(" * ", " · ", StringComparison.Ordinal).Replace(" - ", " − ", StringComparison.Ordinal).Replace("(-", "(−", StringComparison.Ordinal).Replace(" <= ", " ≤ ", StringComparison.Ordinal).Replace(" >= ", " ≥ ", StringComparison.Ordinal);
}
