namespace Adjoint;

/// <summary>Gradients as values: computed without touching any <see cref="Tensor.Grad"/>.</summary>
public static class Gradients
{
    /// <summary>∂(Σ seed·result)/∂input for each input, leaf or not; null where no path leads from the result to it.</summary>
    /// <param name="result">What is differentiated.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="seed">The gradient to start from; may be omitted for a single value.</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <param name="createGraph">Record the pass, so that the gradients can be differentiated; implies <paramref name="retainGraph"/>.</param>
    /// <exception cref="GraphException">Nothing that led to the result requires a gradient, or the graph was already freed.</exception>
    /// <exception cref="ShapeException">The result has several elements and no seed is given, or the seed has another shape.</exception>
    public static Tensor?[] Of(Tensor result, ReadOnlySpan<Tensor> inputs, Tensor? seed = null, bool retainGraph = false, bool createGraph = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        return BackwardPass.Gradients([result], [seed], inputs, retainGraph || createGraph, createGraph);
    }
}
