namespace Adjoint.Nn;

/// <summary>A function as a layer: <c>new Lambda(x => x.Mean([2, 3]))</c>.</summary>
/// <remarks>A function over parameters or modules that no field holds is refused when the model is first used.</remarks>
/// <param name="function">The function.</param>
[NotInPyTorch("A function as a layer.")]
public sealed class Lambda(Func<Tensor, Tensor> function) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => function(x);
}
