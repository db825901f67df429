namespace Adjoint.Language;

/// <summary>Query and key matrices [heads·D, C] in the order of rows that a layout of rotary pairs wants (<see cref="RopePairs"/>).</summary>
internal static class RopeRows
{
    /// <summary>From pairs (2i, 2i + 1) to pairs (i, i + D/2).</summary>
    public static Tensor ToHalves(Tensor weight, long headSize) =>
        weight.Reshape(weight.Shape[0] / headSize, headSize / 2, 2, weight.Shape[1]).Transpose(1, 2).Reshape(weight.Shape);

    /// <summary>From pairs (i, i + D/2) to pairs (2i, 2i + 1).</summary>
    public static Tensor ToAdjacent(Tensor weight, long headSize) =>
        weight.Reshape(weight.Shape[0] / headSize, 2, headSize / 2, weight.Shape[1]).Transpose(1, 2).Reshape(weight.Shape);
}
