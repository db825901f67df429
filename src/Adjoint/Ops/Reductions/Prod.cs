namespace Adjoint.Ops
{
    /// <summary>Product over axes: <c>y = Π x</c>.</summary>
    /// <remarks>Shape: the reduced axes have size 1. Integers and Bool multiply in I64. The gradient is exact beside zeros too. Saves x.</remarks>
    /// <param name="Over">The axes that are multiplied.</param>
    [GradientRule("y = Π x", "dx = dy · the product of all the others")]
    public sealed record Prod(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType.IsFloat ? inputs[0].DType : DType.I64);

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Kernels.Reduction.Reduce.Product(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new ProdBackward(Over).Apply(dy.Gradient, dy.Input(0));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => g.Aggregate(1.0, (a, b) => a * b))];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            WithZeros(Groups.Samples(random, over => new Prod(over), empty: true, shape => random.Uniform(shape.Elements > 100 ? [2, 3, 5] : shape, 0.5, 1.5, DType.F64)));

        /// <summary>Each sample, and once more with one zero and with two.</summary>
        internal static IEnumerable<Sample> WithZeros(IEnumerable<Sample> samples)
        {
            foreach (Sample sample in samples)
            {
                yield return sample;
                Tensor x = sample.Inputs[0];
                for (int zeros = 1; zeros <= 2 && x.Elements > 2 * zeros; zeros++)
                {
                    double[] values = x.ToArray<double>();
                    for (int i = 0; i < zeros; i++) values[2 * i] = 0;
                    yield return sample with { Inputs = [Tensor.From(values, x.Shape)] };
                }
            }
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Prod(2), "prod: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Prod"/> to tensors.</summary>
    public static class ProdSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The product of all elements, or over the axes given: <c>y = Π x</c>.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor Prod(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "prod");
                Tensor y = new Prod(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Prod(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.prod", Differs = "Several axes: `x.Prod([0, 2])`; all: `x.Prod()`.")]
            public Tensor Prod(int dim, bool keepDim = false) => x.Prod([dim], keepDim);

            /// <summary>The product of all elements.</summary>
            public Tensor Prod() => x.Prod([]);
        }
    }
}
