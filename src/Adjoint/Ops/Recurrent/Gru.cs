namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds the GRU to tensors.</summary>
public static class GruSyntax
{
    extension(Tensor x)
    {
        /// <summary>
        /// Gated recurrent unit: with <c>a = x·Wᵢₕᵀ + bᵢₕ</c> and <c>b = h·Wₕₕᵀ + bₕₕ</c> of each time step,
        /// <c>r = σ(aᵣ + bᵣ)</c>, <c>z = σ(a_z + b_z)</c>, <c>n = tanh(aₙ + r·bₙ)</c>, <c>h ← (1 − z)·n + z·h</c>.
        /// </summary>
        /// <remarks>
        /// Shapes: x [B, T, I] → y [B, T, H], the h of every time step; h [B, H] is that of the last one. The product with x is one
        /// for all time steps; y is a view of [T, B, H], so that layers upon each other copy nothing. r acts after the product with h, which is what the second bias is for. Source: Cho et al. 2014.
        /// </remarks>
        /// <param name="weightInput">[3H, I], the gates in the order r, z, n.</param>
        /// <param name="weightHidden">[3H, H].</param>
        /// <param name="biasInput">[3H], or none.</param>
        /// <param name="biasHidden">[3H], or none.</param>
        /// <param name="initial">h before the first time step, [B, H]; zeros when omitted.</param>
        /// <param name="reverse">Go from the last time step to the first.</param>
        /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
        /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
        [PyTorch("torch.gru", Differs = "One layer, one direction, [B, T, I] (batch first), as the layer of the same name computes it.")]
        public (Tensor Y, Tensor H) Gru(Tensor weightInput, Tensor weightHidden, Tensor? biasInput = null, Tensor? biasHidden = null, Tensor? initial = null, bool reverse = false)
        {
            long size = Cells.Check("gru", 3, x, weightInput, weightHidden, biasInput, biasHidden, [initial]);
            Tensor h = initial ?? Tensor.Zeros([x.Shape[0], size], x.DType);
            Tensor[] operands = [x.Transpose(0, 1), weightInput, weightHidden, h];
            bool biased = biasInput is not null || biasHidden is not null;
            if (biased) operands = [.. operands, biasInput ?? Tensor.Zeros([3 * size], x.DType), biasHidden ?? Tensor.Zeros([3 * size], x.DType)];
            Tensor[] results = new GruSequence(reverse, biased).ApplyAll(operands);
            return (results[0].Transpose(0, 1), results[1]);
        }
    }
}
