namespace Adjoint;

/// <summary>Gradients as values: computed without touching any <see cref="Tensor.Grad"/>.</summary>
/// <remarks>
/// Null and zeros say different things, here and in <see cref="Tensor.Grad"/>. Null: the result was not computed from the input, or only
/// through steps, which have no slope anywhere (<c>Sign</c>, <c>Round</c>, comparisons). Zeros: it was, and the slope is 0 at this point.
/// </remarks>
public static class Gradients
{
    /// <summary>∂(Σ seed·result)/∂input for each input, leaf or not; null where no path leads from the result to it, or only one through steps.</summary>
    /// <param name="result">What is differentiated.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="seed">The gradient to start from; may be omitted for a single value.</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <param name="createGraph">Record the pass, so that the gradients can be differentiated; implies <paramref name="retainGraph"/>.</param>
    /// <exception cref="DTypeException">An input does not hold floating-point numbers.</exception>
    /// <exception cref="GraphException">Nothing that led to the result requires a gradient, or the graph was already freed.</exception>
    /// <exception cref="ShapeException">The result has several elements and no seed is given, or the seed has another shape.</exception>
    public static Tensor?[] Of(Tensor result, ReadOnlySpan<Tensor> inputs, Tensor? seed = null, bool retainGraph = false, bool createGraph = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        for (int i = 0; i < inputs.Length; i++)
            if (!inputs[i].DType.IsFloat) throw new DTypeException($"gradients: inputs must hold floating-point numbers, but input {i} of shape {inputs[i].Shape} is {inputs[i].DType}.");
        return BackwardPass.Gradients([result], [seed], inputs, retainGraph || createGraph, createGraph);
    }
}
