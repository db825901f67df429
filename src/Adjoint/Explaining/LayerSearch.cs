using Adjoint.Ops;

namespace Adjoint.Explaining;

/// <summary>Finds layers in a graph of operations.</summary>
internal static class LayerSearch
{
    public static IReadOnlyList<ExplainedLayer> Run(IReadOnlyList<ExplainedOperation> operations) =>
        [.. operations.Where(o => o.Op is Linear && o.Inputs[1].Kind == ExplainedKind.Leaf).Select(o => new ExplainedLayer(o, ActivationOf(o.Outputs[0])))];

    /// <summary>The function of one number that is the only thing done with z.</summary>
    static ExplainedOperation? ActivationOf(ExplainedValue z) => z.Uses is [{ Operation: { Op: Elementwise { IsUnary: true } } activation }] ? activation : null;
}
