namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds the LSTM to tensors.</summary>
public static class LstmSyntax
{
    extension(Tensor x)
    {
        /// <summary>
        /// Long short-term memory: with the sums <c>i, f, g, o = x·Wᵢₕᵀ + h·Wₕₕᵀ + b</c> of each time step,
        /// <c>c ← σ(f)·c + σ(i)·tanh(g)</c> and <c>h ← σ(o)·tanh(c)</c>.
        /// </summary>
        /// <remarks>
        /// Shapes: x [B, T, I] → y [B, T, H], the h of every time step; h and c [B, H] are those of the last one. The product with x is
        /// one for all time steps; y is a view of [T, B, H], so that layers upon each other copy nothing. Source: Hochreiter and Schmidhuber
        /// 1997; Gers et al. 2000 for the forget gate.
        /// </remarks>
        /// <param name="weightInput">[4H, I], the gates in the order i, f, g, o.</param>
        /// <param name="weightHidden">[4H, H].</param>
        /// <param name="biasInput">[4H], or none.</param>
        /// <param name="biasHidden">[4H], or none; both biases are added.</param>
        /// <param name="initial">h and c before the first time step, [B, H] each; zeros when omitted.</param>
        /// <param name="reverse">Go from the last time step to the first.</param>
        /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
        /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
        [PyTorch("torch.lstm", Differs = "One layer, one direction, [B, T, I] (batch first), as the layer of the same name computes it.")]
        public (Tensor Y, Tensor H, Tensor C) Lstm(Tensor weightInput, Tensor weightHidden, Tensor? biasInput = null, Tensor? biasHidden = null, (Tensor H, Tensor C)? initial = null, bool reverse = false)
        {
            long size = Cells.Check("lstm", 4, x, weightInput, weightHidden, biasInput, biasHidden, [initial?.H, initial?.C]);
            (Tensor h, Tensor c) = initial ?? (Tensor.Zeros([x.Shape[0], size], x.DType), Tensor.Zeros([x.Shape[0], size], x.DType));
            Tensor? bias = Cells.Sum(biasInput, biasHidden);
            // Time first is how a step is one block of memory; both turns are views, so layers upon each other copy nothing.
            Tensor[] operands = [x.Transpose(0, 1), weightInput, weightHidden, h, c];
            Tensor[] results = new LstmSequence(reverse, bias is not null).ApplyAll(bias is null ? operands : [.. operands, bias]);
            return (results[0].Transpose(0, 1), results[1], results[2]);
        }
    }
}
