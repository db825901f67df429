namespace Adjoint.Nn;

/// <summary>The largest value of each window of an image: <see cref="Ops.MaxPool"/> as a layer.</summary>
/// <param name="kernel">The window.</param>
/// <param name="stride">How far it moves; its own size when omitted.</param>
/// <param name="padding">Rows and columns that never win, on each side.</param>
[PyTorch("torch.nn.MaxPool2d", Differs = "No `dilation`, `ceil_mode`, `return_indices`: the first two are the operation's.")]
public sealed class MaxPool2d(Pair kernel, Pair? stride = null, Pair padding = default) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.MaxPool2d(kernel, stride, padding);
}
