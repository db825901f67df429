namespace Adjoint.Data;

/// <summary>What the image transforms ask of their inputs.</summary>
internal static class Images
{
    /// <summary>Contiguous [B, …, H, W].</summary>
    public static Tensor Checked(Tensor inputs, string operation) => inputs.Rank >= 3 ? inputs.Contiguous()
        : throw new ShapeException($"{operation}: inputs must be images, [B, …, H, W], but inputs are {inputs.Shape}.");
}
