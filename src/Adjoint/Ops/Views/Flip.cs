using Adjoint.Kernels;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>Axes in reverse: <c>y[…, i, …] = x[…, size − 1 − i, …]</c>. A copy; saves nothing.</summary>
    /// <param name="Over">The axes that are reversed.</param>
    [GradientRule("y = x with axes reversed", "dx = dy with the same axes reversed")]
    public sealed record Flip(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[0].Spec;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            Operand x = inputs[0].Operand;
            for (int axis = 0; axis < inputs[0].Rank; axis++) if (Over[axis]) x = x.Backward(axis);
            StridedCopy.Run(x, outputs[0].Operand);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Shape shape = inputs[0].Shape;
            return [Plain.Make(shape, index => inputs[0][[.. index.Select((i, axis) => Over[axis] ? shape[axis] - 1 - i : i)]])];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Shape shape = [3, 4, 5];
            foreach (int[] dims in (int[][])[[0], [-1], [0, 2], []])
                yield return new(new Flip(Axes.Of(dims, shape, "flip")), random.Normal(shape, dtype: DType.F64));
            yield return new(new Flip(Axes.Of([0], [0, 2], "flip")), random.Normal([0, 2], dtype: DType.F64));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Flip(2), "flip: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Flip"/> to tensors.</summary>
    public static class FlipSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The given axes in reverse; all of them if none is given. A copy: <c>x[(..).By(-1)]</c> is the same as a view.</summary>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            [PyTorch("torch.flip")]
            public Tensor Flip(params ReadOnlySpan<int> dims) => new Ops.Flip(Ops.Axes.Of(dims, x.Shape, "flip")).Apply(x);
        }
    }
}
