namespace Adjoint.Nn;

/// <summary>Divides the last axis by its root mean square: <c>y = x/√(mean(x²) + ε)·weight</c>.</summary>
/// <remarks>Shapes: x […, size] → the same; weight [size]. Source: Zhang and Sennrich 2019, eq. 4.</remarks>
/// <param name="size">The size of the last axis.</param>
/// <param name="epsilon">What keeps the division away from zero.</param>
/// <param name="dtype">The element type of the parameter.</param>
[PyTorch("torch.nn.RMSNorm", Differs = "`epsilon` is 1e-6; PyTorch takes the type's machine precision when none is given. The last axis only.")]
public sealed class RmsNorm(long size, double epsilon = 1e-6, DType dtype = DType.F32) : Layer
{
    /// <summary>The factor, [size], 1 at first.</summary>
    public Tensor Weight { get; } = Tensor.Ones([size], dtype).AsParameter();

    /// <inheritdoc/>
    /// <exception cref="ShapeException">x's last axis has another size.</exception>
    protected override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0 || x.Shape[^1] != Weight.Elements) throw new ShapeException($"rms norm: x's last axis must have size {Weight.Elements}, but x is {x.Shape}.");
        return x.RmsNorm([x.Shape[^1]], Weight, epsilon);
    }
}
