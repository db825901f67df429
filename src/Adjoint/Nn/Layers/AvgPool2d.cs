namespace Adjoint.Nn;

/// <summary>The mean of each window of an image: <see cref="Ops.AvgPool"/> as a layer.</summary>
/// <param name="kernel">The window.</param>
/// <param name="stride">How far it moves; its own size when omitted.</param>
/// <param name="padding">Rows and columns of zeros on each side, which count.</param>
[PyTorch("torch.nn.AvgPool2d", Differs = "No `ceil_mode`, `count_include_pad`, `divisor_override`: those of the operation.")]
public sealed class AvgPool2d(Pair kernel, Pair? stride = null, Pair padding = default) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.AvgPool2d(kernel, stride, padding);
}
