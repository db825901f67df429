namespace Adjoint.Nn;

/// <summary>Simple recurrent network, see <see cref="RnnSyntax"/>: layers one upon the other, in one direction or both.</summary>
/// <remarks>Shapes: x [B, T, I] → y [B, T, H·directions], the final states h are [layers·directions, B, H].</remarks>
/// <param name="inputs">I, the size of x's last axis.</param>
/// <param name="hidden">H, the size of the state.</param>
/// <param name="random">Where the initial values come from.</param>
/// <param name="layers">The number of layers.</param>
/// <param name="bidirectional">Whether each layer also walks from the end to the start.</param>
/// <param name="bias">Whether to add biases.</param>
/// <param name="dropout">The probability of dropping an element between layers while training.</param>
/// <param name="relu">max(·, 0) in place of tanh.</param>
/// <param name="dtype">The element type of the parameters.</param>
/// <exception cref="ArgumentOutOfRangeException">A size or the number of layers is not positive.</exception>
/// <exception cref="ArgumentException">The probability is not from 0 to 1.</exception>
[PyTorch("torch.nn.RNN", Differs = "Takes a generator. Always batch first. `hx` goes to another overload of `Call`. No packed sequences; each state comes out by itself. `nonlinearity=\"relu\"` is `relu: true`.")]
public sealed class Rnn(long inputs, long hidden, Generator random, int layers = 1, bool bidirectional = false, bool bias = true, double dropout = 0, bool relu = false, DType dtype = DType.F32)
    : Recurrent<(Tensor Y, Tensor H)>(1, inputs, hidden, random, layers, bidirectional, bias, dropout, dtype)
{
    /// <summary>Runs from a state other than zeros.</summary>
    /// <param name="x">[B, T, I].</param>
    /// <param name="initial">h, [layers·directions, B, H].</param>
    /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
    public (Tensor Y, Tensor H) Call(Tensor x, Tensor initial)
    {
        using Scope scope = Enter();
        (Tensor y, Tensor[] final) = Run(x, [initial]);
        return (scope.Keep(y), scope.Keep(final[0]));
    }

    /// <inheritdoc/>
    protected override (Tensor Y, Tensor H) Forward(Tensor x)
    {
        (Tensor y, Tensor[] final) = Run(x, null);
        return (y, final[0]);
    }

    private protected override (Tensor Y, Tensor[] Final) Pass(RecurrentWeights weights, Tensor x, Tensor[]? initial, bool reverse)
    {
        (Tensor y, Tensor h) = x.Rnn(weights.WeightInput, weights.WeightHidden, weights.BiasInput, weights.BiasHidden, initial?[0], relu, reverse);
        return (y, [h]);
    }
}
