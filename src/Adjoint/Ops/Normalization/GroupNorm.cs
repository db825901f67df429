namespace Adjoint;

/// <summary>Adds group normalisation to tensors.</summary>
public static class GroupNormSyntax
{
    extension(Tensor x)
    {
        /// <summary>Group normalisation: over the channels of a group and everything behind them, <c>y = (x − mean)/√(var + ε)·w + b</c>.</summary>
        /// <remarks>A layer normalisation of the groups as rows, then one pass for w and b. Source: Wu and He 2018.</remarks>
        /// <param name="groups">The number of groups that the channels of x [N, C, …] are split into.</param>
        /// <param name="weight">w, [C]; none means 1.</param>
        /// <param name="bias">b, [C]; none means 0.</param>
        /// <param name="epsilon">ε, added under the root.</param>
        /// <exception cref="ShapeException">The groups do not divide the channels, or the parameters are not [C].</exception>
        /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
        [PyTorch("torch.nn.functional.group_norm")]
        public Tensor GroupNorm(long groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
        {
            if (x.Rank < 2) throw new ShapeException($"group_norm: x must be [N, C] or [N, C, …], but it is {x.Shape}.");
            if (groups < 1 || x.Shape[1] % groups != 0) throw new ShapeException($"group_norm: groups must divide the channels, but groups is {groups} and x is {x.Shape}.");
            return NormalizedRows(x, groups, weight, bias, epsilon, "group_norm");
        }
    }

    static readonly Ops.Map Affine = new(Formula.Of((value, factor, shift) => (value * factor) + shift));

    internal static Tensor NormalizedRows(Tensor x, long groups, Tensor? weight, Tensor? bias, double epsilon, string operation)
    {
        Ops.KernelTypes.MustBeFloat(x, operation);
        foreach (Tensor? parameter in (Tensor?[])[weight, bias])
            if (parameter is not null && (parameter.Rank != 1 || parameter.Elements != x.Shape[1])) throw new ShapeException($"{operation}: weight and bias must be [C], but one is {parameter.Shape} and x is {x.Shape}.");
        if (x.Elements == 0) return x;

        long rows = x.Shape[0] * groups, length = x.Elements / rows;
        Tensor y = x.Reshape(rows, length).LayerNorm([length], epsilon: epsilon).Reshape(x.Shape);
        Tensor? w = weight is null ? null : Ops.ChannelForm.Broadcast(weight, x.Rank), b = bias is null ? null : Ops.ChannelForm.Broadcast(bias, x.Rank);
        return (w, b) switch
        {
            (null, null) => y,
            (null, _) => (y + b).To(x.DType),
            (_, null) => (y * w).To(x.DType),
            _ => Affine.Apply(y, w, b).To(x.DType),
        };
    }
}
