using System.Collections;
using System.Runtime.CompilerServices;

namespace Adjoint.Nn;

/// <summary>Layers one after the other. Their paths are their numbers: <c>0.Weight</c>, <c>2.Bias</c>.</summary>
/// <example><code>Sequential net = [new Linear(2, 8, random), new Tanh(), new Linear(8, 1, random)];</code></example>
/// <param name="layers">The layers, first to last.</param>
[CollectionBuilder(typeof(Sequential), nameof(Create))]
[PyTorch("torch.nn.Sequential", Differs = "A list: `Sequential net = [new Linear(…), new Relu()];`")]
public sealed class Sequential(params IEnumerable<Module<Tensor, Tensor>> layers) : Layer, IReadOnlyList<Module<Tensor, Tensor>>
{
    [Inline]
    readonly Module<Tensor, Tensor>[] _layers = [.. layers];

    /// <summary>The number of layers.</summary>
    public int Count => _layers.Length;

    /// <summary>A layer.</summary>
    public Module<Tensor, Tensor> this[int index] => _layers[index];

    /// <summary>Called by collection expressions.</summary>
    public static Sequential Create(ReadOnlySpan<Module<Tensor, Tensor>> layers) => new(layers.ToArray());

    /// <inheritdoc/>
    public IEnumerator<Module<Tensor, Tensor>> GetEnumerator() => ((IEnumerable<Module<Tensor, Tensor>>)_layers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x)
    {
        for (int i = 0; i < _layers.Length; i++)
        {
            // Some layers take the activation behind them into their own pass.
            Tensor? both = i + 1 < _layers.Length && _layers[i] is Layer layer ? layer.Call(x, _layers[i + 1]) : null;
            if (both is not null) i++;
            x = both ?? _layers[i].Call(x);
        }

        return x;
    }
}
