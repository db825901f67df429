namespace Adjoint.Nn;

/// <summary>Long short-term memory, see <see cref="LstmSyntax"/>: layers one upon the other, in one direction or both.</summary>
/// <remarks>Shapes: x [B, T, I] → y [B, T, H·directions], the final states h and c are [layers·directions, B, H].</remarks>
/// <example><code>
/// var lstm = new Lstm(27, 64, random, layers: 2);
/// (Tensor y, Tensor h, Tensor c) = lstm.Call(x);
/// </code></example>
/// <param name="inputs">I, the size of x's last axis.</param>
/// <param name="hidden">H, the size of the state.</param>
/// <param name="random">Where the initial values come from.</param>
/// <param name="layers">The number of layers.</param>
/// <param name="bidirectional">Whether each layer also walks from the end to the start.</param>
/// <param name="bias">Whether to add biases.</param>
/// <param name="dropout">The probability of dropping an element between layers while training.</param>
/// <param name="dtype">The element type of the parameters.</param>
/// <exception cref="ArgumentOutOfRangeException">A size or the number of layers is not positive.</exception>
/// <exception cref="ArgumentException">The probability is not from 0 to 1.</exception>
[PyTorch("torch.nn.LSTM", Differs = "Takes a generator. Always batch first. `hx` goes to another overload of `Call`. No `proj_size`, no packed sequences; each state comes out by itself.")]
public sealed class Lstm(long inputs, long hidden, Generator random, int layers = 1, bool bidirectional = false, bool bias = true, double dropout = 0, DType dtype = DType.F32)
    : Recurrent<(Tensor Y, Tensor H, Tensor C)>(4, inputs, hidden, random, layers, bidirectional, bias, dropout, dtype)
{
    /// <summary>Runs from a state other than zeros.</summary>
    /// <param name="x">[B, T, I].</param>
    /// <param name="initial">h and c, [layers·directions, B, H] each.</param>
    /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
    public (Tensor Y, Tensor H, Tensor C) Call(Tensor x, (Tensor H, Tensor C) initial)
    {
        using Scope scope = Enter();
        (Tensor y, Tensor[] final) = Run(x, [initial.H, initial.C]);
        return (scope.Keep(y), scope.Keep(final[0]), scope.Keep(final[1]));
    }

    /// <inheritdoc/>
    protected override (Tensor Y, Tensor H, Tensor C) Forward(Tensor x)
    {
        (Tensor y, Tensor[] final) = Run(x, null);
        return (y, final[0], final[1]);
    }

    private protected override (Tensor Y, Tensor[] Final) Pass(RecurrentWeights weights, Tensor x, Tensor[]? initial, bool reverse)
    {
        (Tensor y, Tensor h, Tensor c) = x.Lstm(weights.WeightInput, weights.WeightHidden, weights.BiasInput, weights.BiasHidden, initial is null ? null : (initial[0], initial[1]), reverse);
        return (y, [h, c]);
    }
}
