namespace Adjoint.Nn;

/// <summary>The means of as many windows as the result shall have elements, whatever the image's size.</summary>
/// <param name="size">The size of the result; 1 is the mean of the whole image.</param>
[PyTorch("torch.nn.AdaptiveAvgPool2d")]
public sealed class AdaptiveAvgPool2d(Pair size) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.AdaptiveAvgPool2d(size);
}
