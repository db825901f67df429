namespace Adjoint.Ops
{
    /// <summary>Sum over axes: <c>y = Σ x</c>.</summary>
    /// <remarks>Shape: the reduced axes have size 1. Integers and Bool add up in I64. Saves nothing.</remarks>
    /// <param name="Over">The axes that are summed.</param>
    [GradientRule("y = Σ x", "dx = dy, for every element")]
    public sealed record Sum(Axes Over) : Op, ISampled
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
            Kernels.Reduction.Reduce.Sum(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient.Expand(dy.InputShape(0));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain y = Plain.Zeros(Over.Kept(inputs[0].Shape));
            foreach (long[] index in Plain.Indices(inputs[0].Shape)) y[index] += inputs[0][index];
            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            int[][] choices = [[], [0], [1], [-1], [0, 2], [1, 2]];
            foreach (int[] dims in choices)
            {
                Tensor x = random.Normal([3, 5, 19], dtype: DType.F64);
                yield return new(new Sum(Axes.Of(dims, x.Shape, "sum")), x);
            }

            Tensor empty = Tensor.Zeros([0, 4], DType.F64);
            yield return new(new Sum(Axes.Of([0], empty.Shape, "sum")), empty);
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Sum(2), "sum: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Sum([1, -1]), "sum: each axis can be named once, but dims are [1, -1] and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Sum"/> to tensors.</summary>
    public static class SumSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The sum of all elements, or over the axes given: <c>y = Σ x</c>.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the summed axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor Sum(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "sum");
                Tensor y = new Sum(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Sum(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.sum", Differs = "Several axes: `x.Sum([0, 2])`; all: `x.Sum()`. No `dtype`: convert first. Half types are summed in F32.")]
            public Tensor Sum(int dim, bool keepDim = false) => x.Sum([dim], keepDim);

            /// <summary>The sum of all elements.</summary>
            public Tensor Sum() => x.Sum([]);

            /// <summary>Summed over the axes that broadcasting from <paramref name="shape"/> to this tensor's shape has stretched.</summary>
            internal Tensor SumTo(Shape shape)
            {
                if (x.Shape.Equals(shape)) return x;
                int extra = x.Rank - shape.Rank;
                Span<int> dims = stackalloc int[x.Rank];
                int count = 0;
                for (int i = 0; i < x.Rank; i++) if (i < extra || (shape[i - extra] == 1 && x.Shape[i] != 1)) dims[count++] = i;
                return (count == 0 ? x : x.Sum(dims[..count], keepDim: true)).Reshape(shape);
            }
        }
    }
}
