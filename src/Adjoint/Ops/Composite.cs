namespace Adjoint.Ops;

/// <summary>
/// The gradient of an operation taken through an equivalent expression in other operations: how a fused backward kernel
/// becomes differentiable again, to any order, without a second derivative worked out by hand.
/// </summary>
internal static class Composite
{
    /// <summary>Gives the gradients of the inputs at <paramref name="positions"/>; the expression's results are the operation's outputs.</summary>
    /// <remarks>
    /// The expression sees stand-ins for the inputs. They lead back to the real ones only when the pass itself is recorded,
    /// and the walk asks for the gradients of the stand-ins, so that it ends there whatever the inputs have in common.
    /// </remarks>
    public static void Differentiate(Cotangents dy, int[] positions, Func<Tensor[], Tensor[]> expression, Span<Tensor?> dx)
    {
        bool record = GradMode.IsRecording;
        using NoGrad recording = NoGrad.Suspend();
        Tensor[] inputs = [.. positions.Select(p => StandIn(dy.Input(p), dy.IsNeeded(p), record))];
        int[] asked = [.. Enumerable.Range(0, inputs.Length).Where(i => dy.IsNeeded(positions[i]))];
        Tensor[] outputs = expression(inputs);
        int[] roots = [.. Enumerable.Range(0, outputs.Length).Where(o => outputs[o].RequiresGrad && dy.Has(o))];
        if (roots.Length == 0) return;
        Tensor?[] seeds = [.. roots.Select(o => dy.Of(o).To(outputs[o].DType))];
        Tensor?[] found = BackwardPass.Gradients([.. roots.Select(o => outputs[o])], seeds, [.. asked.Select(i => inputs[i])], retainGraph: record, createGraph: record);
        for (int k = 0; k < asked.Length; k++) dx[positions[asked[k]]] = found[k];
    }

    static Tensor StandIn(Tensor x, bool needed, bool record)
    {
        if (needed && record && x.RequiresGrad) return new Expand(x.Shape).Apply(x);
        Tensor alone = x.Alias();
        if (needed) alone.Connect(new Leaf(alone), 0);
        return alone;
    }
}
