namespace Adjoint.Ops
{
    /// <summary>Batch normalisation with given statistics: <c>y = (x − mean) / √(var + ε) · w + b</c>, element by element.</summary>
    /// <remarks>Five inputs that broadcast: x, mean, variance, weight, bias.</remarks>
    /// <param name="Epsilon">ε, added under the root.</param>
    public sealed record BatchNormEval(double Epsilon) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, mean, variance, weight, bias) => ((x - mean) * Vocabulary.Rsqrt(variance + Epsilon) * weight) + bias);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, dtype: DType.F64);
            yield return new(new BatchNormEval(1e-5), Draw([4, 3]), Draw([3]), random.Uniform([3], 0.5, 2, DType.F64), Draw([3]), Draw([3]));
            yield return new(new BatchNormEval(1e-3), Draw([2, 3, 17]), Draw([3, 1]), random.Uniform([3, 1], 0.5, 2, DType.F64), Draw([3, 1]), Draw([]));
            yield return new(new BatchNormEval(1e-5), Draw([0, 3]), Draw([3]), random.Uniform([3], 0.5, 2, DType.F64), Draw([3]), Draw([3]));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).BatchNormEval(Tensor.Zeros([2]), Tensor.Ones([2])), "batch_norm_eval: statistics, weight and bias must be [C], but one is [2] and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.BatchNormEval"/> to tensors.</summary>
    public static class BatchNormEvalSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Batch normalisation of [N, C, …] with given statistics: <c>y = (x − mean) / √(var + ε) · w + b</c>.</summary>
            /// <param name="mean">The mean of each channel, [C].</param>
            /// <param name="variance">The variance of each channel, [C].</param>
            /// <param name="weight">w, [C]; none means 1.</param>
            /// <param name="bias">b, [C]; none means 0.</param>
            /// <param name="epsilon">ε, added under the root.</param>
            /// <exception cref="ShapeException">The shapes do not fit.</exception>
            [PyTorch("torch.nn.functional.batch_norm", Differs = "`training=False`.")]
            public Tensor BatchNormEval(Tensor mean, Tensor variance, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
            {
                ArgumentNullException.ThrowIfNull(mean);
                ArgumentNullException.ThrowIfNull(variance);
                if (x.Rank < 2) throw new ShapeException($"batch_norm_eval: x must be [N, C] or [N, C, …], but it is {x.Shape}.");
                return new BatchNormEval(epsilon).Apply(x, PerChannel(mean), PerChannel(variance), weight is null ? mean.Constant(1) : PerChannel(weight), bias is null ? mean.Constant(0) : PerChannel(bias));

                Tensor PerChannel(Tensor parameter) => parameter.Rank == 1 && parameter.Elements == x.Shape[1]
                    ? ChannelForm.Broadcast(parameter, x.Rank)
                    : throw new ShapeException($"batch_norm_eval: statistics, weight and bias must be [C], but one is {parameter.Shape} and x is {x.Shape}.");
            }
        }
    }
}
