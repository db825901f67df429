namespace Adjoint.Ops
{
    /// <summary>Standard deviation over axes: <c>y = √(Σ (x − mean)² / (n − correction))</c>.</summary>
    /// <remarks>
    /// Shape: the reduced axes have size 1. Two passes: the mean, then the distances from it. NaN where n − correction is not
    /// positive. The gradient is 0 where y is 0. Saves x and y.
    /// </remarks>
    /// <param name="Over">The axes that are reduced.</param>
    /// <param name="Correction">What is subtracted from the number of elements: 1 makes the variance under the root unbiased.</param>
    [GradientRule("y = √(Σ (x − mean)² / (n − c))", "dx = (x − mean) / ((n − c) · y) · dy")]
    public sealed record Std(Axes Over, int Correction) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        static readonly Formula Slope = Formula.Of((x, mean, y, dy, scale) => y == 0 ? 0 : dy * scale * (x - mean) / y);

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            inputs[0].MustBeFloat(Name);
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => (4 * inputs[0].Elements) + (3 * outputs[0].Shape.Elements);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Spread.Run(inputs[0], outputs[0], Over, Correction, root: true);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Output(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            Tensor x = dy.Input(0), mean = new Mean(Over).Apply(x);
            double scale = 1.0 / Spread.Freedom(x.Shape, Over, Correction);
            return new Map(Slope).Apply(x, mean, dy.Output(0), dy.Gradient, x.Constant(scale));
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            int correction = Correction;
            return [Groups.Each(inputs[0], Over, g => Math.Sqrt(g.Sum(v => Math.Pow(v - g.Average(), 2)) / Math.Max(g.Length - correction, 0)))];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Groups.Samples(random, over => new Std(over, 0)).Where(s => s.Inputs[0].Rank == 3),
            .. Groups.Samples(random, over => new Std(over, 1)).Where(s => s.Inputs[0].Rank == 3),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Std(2), "std: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 3], DType.I64).Std(), "std: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Std"/> to tensors.</summary>
    public static class StdSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The standard deviation of all elements, or over the axes given: <c>y = √(Σ (x − mean)² / (n − correction))</c>.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="correction">1 for the unbiased estimate of the variance, 0 for the population's.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            public Tensor Std(ReadOnlySpan<int> dims, int correction = 1, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "std");
                Tensor y = new Std(axes, correction).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Std(Tensor, ReadOnlySpan{int}, int, bool)"/>
            [PyTorch("torch.std", Differs = "Several axes: `x.Std([0, 2])`; all: `x.Std()`. `unbiased=False` is `correction: 0`.")]
            public Tensor Std(int dim, int correction = 1, bool keepDim = false) => x.Std([dim], correction, keepDim);

            /// <summary>The standard deviation of all elements, unbiased.</summary>
            public Tensor Std() => x.Std([]);
        }
    }
}
