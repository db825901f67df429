namespace Adjoint.Nn;

/// <summary>Another layer, whose intermediate values are not kept but recomputed in the backward pass (<see cref="Checkpoint"/>).</summary>
/// <remarks>Paths are those of the layer itself: a model can be checkpointed and load the same state. Source: Chen et al. 2016.</remarks>
/// <example><code>Sequential net = [.. blocks.Select(block => new Checkpointed(block)), new Linear(64, 10, random)];</code></example>
/// <param name="layer">What is called, twice a step.</param>
public sealed class Checkpointed(Module<Tensor, Tensor> layer) : Layer
{
    [Inline]
    readonly Module<Tensor, Tensor> _layer = layer ?? throw new ArgumentNullException(nameof(layer));

    /// <summary>What is called.</summary>
    public Module<Tensor, Tensor> Inner => _layer;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Checkpoint.Call(_layer.Call, x);
}

/// <summary>Layers one after the other, in segments of which each but the last is checkpointed (<see cref="Checkpoint.Sequential"/>).</summary>
/// <remarks>
/// Kept at most: n/s + s values for n equal layers in s segments; every layer runs at most twice a step. Paths are those of
/// <see cref="Nn.Sequential"/>. Source: Chen et al. 2016, section 4.
/// </remarks>
/// <param name="layers">The layers, first to last; a <see cref="Nn.Sequential"/> is such a list.</param>
/// <param name="segments">s; ⌈√n⌉ when omitted.</param>
public sealed class CheckpointedSequential(IEnumerable<Module<Tensor, Tensor>> layers, int? segments = null) : Layer
{
    [Inline]
    readonly Module<Tensor, Tensor>[] _layers = [.. layers];

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The number of segments is not from 1 to the number of layers.</exception>
    protected override Tensor Forward(Tensor x) =>
        Checkpoint.Sequential(Array.ConvertAll(_layers, layer => (Func<Tensor, Tensor>)layer.Call), x, segments);
}
