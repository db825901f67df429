using Adjoint.Kernels;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>An axis moved on, what leaves at its end coming back at its start: <c>y[…, (i + Shift) mod size, …] = x[…, i, …]</c>. Saves nothing.</summary>
    /// <param name="Dim">The axis.</param>
    /// <param name="Shift">How far; negative numbers move back.</param>
    [GradientRule("y = x moved along an axis", "dx = dy moved back")]
    public sealed record Roll(int Dim, long Shift) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[0].Spec;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            if (inputs[0].Elements == 0) return;
            Operand x = inputs[0].Operand, y = outputs[0].Operand;
            long size = x.Shape[Dim], shift = Wrapped(Shift, size);
            StridedCopy.Run(x.Part(Dim, 0, size - shift), y.Part(Dim, shift, size - shift));
            StridedCopy.Run(x.Part(Dim, size - shift, shift), y.Part(Dim, 0, shift));
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new Roll(Dim, -Shift).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain y = Plain.Zeros(inputs[0].Shape);
            foreach (long[] index in Plain.Indices(y.Shape))
            {
                long[] to = [.. index];
                to[Dim] = Wrapped(index[Dim] + Shift, y.Shape[Dim]);
                y[to] = inputs[0][index];
            }

            return [y];
        }

        static long Wrapped(long position, long size) => ((position % size) + size) % size;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Roll(1, 2), random.Normal([3, 5], dtype: DType.F64)),
            new(new Roll(0, -1), random.Normal([4, 2, 3], dtype: DType.F64)),
            new(new Roll(0, 12), random.Normal([5], dtype: DType.F64)),
            new(new Roll(1, 1), random.Normal([3, 0], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Roll(1, 2), "roll: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Roll"/> to tensors.</summary>
    public static class RollSyntax
    {
        extension(Tensor x)
        {
            /// <summary>An axis moved on by <paramref name="shift"/>, what leaves at its end coming back at its start.</summary>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            [PyTorch("torch.roll", Differs = "One axis a call.")]
            public Tensor Roll(long shift, int dim) => new Ops.Roll(x.Shape.Axis(dim, "roll"), shift).Apply(x);

            /// <summary>All elements moved on in row-major order.</summary>
            public Tensor Roll(long shift) => x.Reshape(-1).Roll(shift, 0).Reshape(x.Shape);
        }
    }
}
