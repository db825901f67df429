namespace Adjoint.Nn;

/// <summary>A body and a way around it: <c>y = body(x) + x</c>, or <c>body(x) + shortcut(x)</c> where shapes change.</summary>
/// <remarks>Source: He et al. 2016, eq. 1 and 2.</remarks>
/// <param name="body">What is learned.</param>
/// <param name="shortcut">What x passes through; nothing when omitted.</param>
[NotInPyTorch("A body and a way around it.")]
public sealed class Residual(Module<Tensor, Tensor> body, Module<Tensor, Tensor>? shortcut = null) : Layer
{
    /// <summary>What is learned.</summary>
    public Module<Tensor, Tensor> Body { get; } = body;

    /// <summary>What x passes through, or null.</summary>
    public Module<Tensor, Tensor>? Shortcut { get; } = shortcut;

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The two ways give different shapes.</exception>
    protected override Tensor Forward(Tensor x)
    {
        Tensor y = Body.Call(x), around = Shortcut?.Call(x) ?? x;
        return y.Shape == around.Shape ? y + around
            : throw new ShapeException($"residual: body and shortcut must give the same shape, but the body gives {y.Shape} and the shortcut {around.Shape}.");
    }
}
