using System.Text.Json.Nodes;
using Adjoint.Cli.Runs;
using Adjoint.Explaining;

namespace Adjoint.Cli.Explaining;

/// <summary>A lesson as JSON: the graph by numbers of values and operations, and the factors of every layer's chain rule.</summary>
internal static class LessonRecord
{
    public static JsonObject Of(Lesson lesson, Explanation explained, Step step) => new()
    {
        ["title"] = lesson.Title,
        ["loss_name"] = lesson.LossName,
        ["loss"] = Number(step.LossBefore),
        ["loss_value"] = explained.Loss.Number,
        ["learning_rate"] = step.Rate,
        ["loss_after_step"] = Number(step.LossAfter),
        ["values"] = List(explained.Values, Value),
        ["operations"] = List(explained.Operations, Operation),
        ["layers"] = List(explained.Layers, Layer),
        ["step"] = List(step.Changes, c => new JsonObject { ["parameter"] = c.Parameter.Number, ["before"] = Numbers(c.Before), ["after"] = Numbers(c.After) }),
        ["environment"] = RunRecord.Environment(),
    };

    static JsonObject Value(ExplainedValue value) => new()
    {
        ["number"] = value.Number,
        ["kind"] = Names.Snake($"{value.Kind}"),
        ["name"] = value.Name,
        ["shape"] = new JsonArray([.. value.Shape.Select(s => (JsonNode)s)]),
        ["values"] = Numbers(value.Values),
        ["gradient"] = Numbers(value.Gradient),
        ["producer"] = value.Producer?.Number,
        ["uses"] = List(value.Uses, u => new JsonObject { ["operation"] = u.Operation.Number, ["input"] = u.Input, ["gradient"] = Numbers(u.Gradient) }),
    };

    static JsonObject Operation(ExplainedOperation operation) => new()
    {
        ["number"] = operation.Number,
        ["name"] = operation.Name,
        ["settings"] = operation.Settings,
        ["module"] = operation.Module,
        ["inputs"] = new JsonArray([.. operation.Inputs.Select(v => (JsonNode)v.Number)]),
        ["outputs"] = new JsonArray([.. operation.Outputs.Select(v => (JsonNode)v.Number)]),
        ["equation"] = operation.Equation,
        ["derivatives"] = new JsonArray([.. operation.Derivatives.Select(d => (JsonNode)d)]),
    };

    static JsonObject Layer(ExplainedLayer layer) => new()
    {
        ["name"] = layer.Name,
        ["affine"] = layer.Affine.Number,
        ["activation"] = layer.Activation?.Number,
        ["rows"] = layer.Rows,
        ["inputs"] = layer.Inputs,
        ["outputs"] = layer.Outputs,
        ["activation_text"] = layer.ActivationText,
        ["derivative_text"] = layer.DerivativeText,
        ["x"] = Numbers(layer.X.Values),
        ["z"] = Numbers(layer.Z),
        ["a"] = Numbers(layer.A.Values),
        ["gradient"] = Numbers(layer.Gradient),
        ["derivative"] = Numbers(layer.Derivative),
        ["delta"] = Numbers(layer.Delta),
        ["weight_gradient"] = Numbers(layer.WeightGradient),
        ["bias_gradient"] = layer.Bias is null ? null : Numbers(layer.BiasGradient),
    };

    static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode> node) => new([.. items.Select(node)]);

    static JsonArray? Numbers(IReadOnlyList<double>? values) => values is null ? null : new([.. values.Select(Number)]);

    // JSON has no infinities.
    static JsonNode? Number(double value) => double.IsFinite(value) ? value : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
