namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds the simple recurrent network to tensors.</summary>
public static class RnnSyntax
{
    extension(Tensor x)
    {
        /// <summary>Simple recurrent network: <c>h ← tanh(x·Wᵢₕᵀ + h·Wₕₕᵀ + b)</c> at each time step.</summary>
        /// <remarks>
        /// Shapes: x [B, T, I] → y [B, T, H], the h of every time step; h [B, H] is that of the last one. The product with x is one
        /// for all time steps. Source: Elman 1990.
        /// </remarks>
        /// <param name="weightInput">[H, I].</param>
        /// <param name="weightHidden">[H, H].</param>
        /// <param name="biasInput">[H], or none.</param>
        /// <param name="biasHidden">[H], or none; both biases are added.</param>
        /// <param name="initial">h before the first time step, [B, H]; zeros when omitted.</param>
        /// <param name="relu">max(·, 0) in place of tanh.</param>
        /// <param name="reverse">Go from the last time step to the first.</param>
        /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
        /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
        [PyTorch("torch.rnn_tanh", "torch.rnn_relu", Differs = "One layer, one direction, [B, T, I] (batch first), as the layer of the same name computes it.")]
        public (Tensor Y, Tensor H) Rnn(Tensor weightInput, Tensor weightHidden, Tensor? biasInput = null, Tensor? biasHidden = null, Tensor? initial = null, bool relu = false, bool reverse = false)
        {
            long size = Cells.Check("rnn", 1, x, weightInput, weightHidden, biasInput, biasHidden, [initial]);
            Tensor h = initial ?? Tensor.Zeros([x.Shape[0], size], x.DType);
            Tensor y = Cells.Walk(Cells.Projected(x, weightInput, Cells.Sum(biasInput, biasHidden)), reverse, step =>
            {
                Tensor sum = step + h.MatMul(weightHidden.T);
                return h = relu ? sum.Relu() : sum.Tanh();
            });
            return (y, h);
        }
    }
}
