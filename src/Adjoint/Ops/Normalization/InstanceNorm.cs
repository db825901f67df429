namespace Adjoint;

/// <summary>Adds instance normalisation to tensors.</summary>
public static class InstanceNormSyntax
{
    extension(Tensor x)
    {
        /// <summary>Instance normalisation: over everything behind each channel of each sample, <c>y = (x − mean)/√(var + ε)·w + b</c>.</summary>
        /// <remarks>Group normalisation with a group for each channel. Source: Ulyanov, Vedaldi and Lempitsky 2016.</remarks>
        /// <param name="weight">w, [C]; none means 1.</param>
        /// <param name="bias">b, [C]; none means 0.</param>
        /// <param name="epsilon">ε, added under the root.</param>
        /// <exception cref="ShapeException">x is not [N, C, …] with more than one value behind a channel, or the parameters are not [C].</exception>
        /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
        [PyTorch("torch.nn.functional.instance_norm", Differs = "No running statistics.")]
        public Tensor InstanceNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
        {
            if (x.Rank < 3) throw new ShapeException($"instance_norm: x must be [N, C, …] with axes behind the channels, but it is {x.Shape}.");
            if (x.Elements > 0 && x.Elements == x.Shape[0] * x.Shape[1]) throw new ShapeException($"instance_norm: there must be more than one value a channel to normalise with, but x is {x.Shape}.");
            return GroupNormSyntax.NormalizedRows(x, x.Shape[1], weight, bias, epsilon, "instance_norm");
        }
    }
}
