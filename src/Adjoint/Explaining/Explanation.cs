namespace Adjoint.Explaining;

/// <summary>One forward and one backward pass of a small network, number by number: the graph of its operations, and its layers as textbooks write them.</summary>
/// <remarks>
/// <para>By the chain rule the gradient of a value is the sum, over the operations that use it, of the gradient of their result times their derivative:
/// <c>∂L/∂x = Σ ∂L/∂y · ∂y/∂x</c>. <see cref="Operations"/> holds both factors for every operation, and <see cref="ExplainedValue.Uses"/> the terms of the sum.</para>
/// <para>All numbers are copies, in double.</para>
/// </remarks>
/// <example><code>
/// Explanation explained = Explanation.Of(() => net.Call(x).MseLoss(target));
/// foreach (ExplainedLayer layer in explained.Layers) Console.WriteLine($"{layer.Name}: ∂L/∂w = {string.Join(", ", layer.WeightGradient)}");
/// </code></example>
public sealed class Explanation
{
    /// <summary>How many numbers a pass may consist of to be explained, where nothing else is asked for.</summary>
    public const long MostNumbers = 10_000;

    Explanation(PassWatch watch, ExplainedValue loss) =>
        (Values, Operations, Loss, Layers) = (watch.Values, watch.Operations, loss, LayerSearch.Run(watch.Operations));

    /// <summary>Inputs, parameters and results, in the order in which they were met.</summary>
    public IReadOnlyList<ExplainedValue> Values { get; }

    /// <summary>The recorded operations, in the order of the forward pass.</summary>
    public IReadOnlyList<ExplainedOperation> Operations { get; }

    /// <summary>What was differentiated.</summary>
    public ExplainedValue Loss { get; }

    /// <summary>The affine layers with trained weights, each with the activation that follows it, in the order of the forward pass.</summary>
    public IReadOnlyList<ExplainedLayer> Layers { get; }

    /// <summary>Runs a function and a backward pass from the loss that it returns, and watches both. Gradients are added to <see cref="Tensor.Grad"/> as always.</summary>
    /// <param name="loss">Gives a single value.</param>
    /// <param name="most">How many numbers inputs, parameters and results may be together; each is copied, and its gradients are.</param>
    /// <exception cref="GraphException">There are more numbers; no backward pass was run. Or nothing that led to the loss requires a gradient.</exception>
    /// <exception cref="ShapeException">The loss has several elements.</exception>
    [NotInPyTorch("One pass of a small network with all its numbers: `adjoint explain` prints it.")]
    public static Explanation Of(Func<Tensor> loss, long most = MostNumbers)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        using Scope scope = Scope.Begin("explanation");
        using var watch = new PassWatch(most);
        Tensor result = loss();
        ArgumentNullException.ThrowIfNull(result, nameof(loss));
        watch.CheckSize();
        ExplainedValue? explained = watch.Of(result);
        result.Backward();
        return new(watch, explained ?? throw new GraphException($"explain: the loss must be made by operations inside the function, but that of shape {result.Shape} was there before."));
    }
}
