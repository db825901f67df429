using Adjoint.Nn;

namespace Adjoint.Models;

/// <summary>A multilayer perceptron: linear layers with an activation between them.</summary>
/// <remarks>Shapes: x [B, …] is flattened to [B, sizes[0]] → [B, sizes[^1]].</remarks>
public sealed class Mlp : Layer
{
    /// <summary>Draws the weights.</summary>
    /// <param name="sizes">The number of inputs, of each hidden layer's units, and of outputs.</param>
    /// <param name="random">Where initial values and dropout come from.</param>
    /// <param name="activation">Makes what stands between two layers; ReLU when omitted.</param>
    /// <param name="dropout">The probability of dropping a hidden unit.</param>
    /// <exception cref="ArgumentException">There are fewer than two sizes.</exception>
    public Mlp(ReadOnlySpan<long> sizes, Generator random, Func<Layer>? activation = null, double dropout = 0)
    {
        if (sizes.Length < 2) throw new ArgumentException($"mlp: sizes are those of the inputs, the hidden layers and the outputs, but only {sizes.Length} came.");
        activation ??= () => new Relu();
        var layers = new List<Layer> { new Flatten() };
        for (int i = 1; i < sizes.Length; i++)
        {
            layers.Add(new Linear(sizes[i - 1], sizes[i], random));
            if (i == sizes.Length - 1) break;
            layers.Add(activation());
            if (dropout > 0) layers.Add(new Dropout(dropout, random));
        }

        Layers = new(layers);
    }

    /// <summary>All layers.</summary>
    public Sequential Layers { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Layers.Call(x);
}
