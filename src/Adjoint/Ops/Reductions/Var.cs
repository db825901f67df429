namespace Adjoint.Ops
{
    /// <summary>Variance over axes: <c>y = Σ (x − mean)² / (n − correction)</c>.</summary>
    /// <remarks>
    /// Shape: the reduced axes have size 1. Two passes: the mean, then the distances from it. NaN where n − correction is not
    /// positive. Saves x.
    /// </remarks>
    /// <param name="Over">The axes that are reduced.</param>
    /// <param name="Correction">What is subtracted from the number of elements: 1 makes the estimate unbiased.</param>
    [GradientRule("y = Σ (x − mean)² / (n − c)", "dx = 2 · (x − mean) / (n − c) · dy")]
    public sealed record Var(Axes Over, int Correction) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        static readonly Formula Slope = Formula.Of((x, mean, dy, scale) => dy * scale * (x - mean));

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            inputs[0].MustBeFloat(Name);
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => (4 * inputs[0].Elements) + (2 * outputs[0].Shape.Elements);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Spread.Run(inputs[0], outputs[0], Over, Correction, root: false);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            Tensor x = dy.Input(0), mean = new Mean(Over).Apply(x);
            double scale = 2.0 / Spread.Freedom(x.Shape, Over, Correction);
            return new Map(Slope).Apply(x, mean, dy.Gradient, x.Constant(scale));
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            int correction = Correction;
            return [Groups.Each(inputs[0], Over, g => g.Sum(v => Math.Pow(v - g.Average(), 2)) / Math.Max(g.Length - correction, 0))];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Groups.Samples(random, over => new Var(over, 0)),
            .. Groups.Samples(random, over => new Var(over, 1)).Where(s => s.Inputs[0].Rank == 3),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Var(2), "var: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 3], DType.I64).Var(), "var: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Var"/> to tensors.</summary>
    public static class VarSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The variance of all elements, or over the axes given: <c>y = Σ (x − mean)² / (n − correction)</c>.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="correction">1 for the unbiased estimate, 0 for the population's.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            public Tensor Var(ReadOnlySpan<int> dims, int correction = 1, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "var");
                Tensor y = new Var(axes, correction).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Var(Tensor, ReadOnlySpan{int}, int, bool)"/>
            [PyTorch("torch.var", Differs = "Several axes: `x.Var([0, 2])`; all: `x.Var()`. `unbiased=False` is `correction: 0`.")]
            public Tensor Var(int dim, int correction = 1, bool keepDim = false) => x.Var([dim], correction, keepDim);

            /// <summary>The variance of all elements, unbiased.</summary>
            public Tensor Var() => x.Var([]);
        }
    }
}
