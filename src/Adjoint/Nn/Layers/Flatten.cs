namespace Adjoint.Nn;

/// <summary>Joins axes into one: by default all but the first, the batch.</summary>
/// <param name="start">The first axis to join.</param>
/// <param name="end">The last axis to join.</param>
[PyTorch("torch.nn.Flatten")]
public sealed class Flatten(int start = 1, int end = -1) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Flatten(start, end);
}
