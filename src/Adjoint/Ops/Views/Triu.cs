using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>The upper triangle of each matrix, zeros below: <c>y[…, i, j] = x[…, i, j] where j ≥ i + Diagonal</c>. Saves nothing.</summary>
    /// <param name="Diagonal">The first diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
    public sealed record Triu(long Diagonal) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            if (inputs[0].Rank < 2) throw new ShapeException($"triu: x must have rows and columns, but x is {inputs[0].Shape}.");
            outputs[0] = inputs[0].Spec;
        }

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            Tensor x = inputs[0].Packed();
            (long rows, long columns) = (x.Shape[^2], x.Shape[^1]);
            if (x.Elements == 0) return;
            long diagonal = Math.Clamp(Diagonal, -rows, columns);
            Triangle.Run(x.Data, outputs[0].Data, x.Elements / (rows * columns), rows, columns, x.DType.Bytes, diagonal, upper: true);
            GC.KeepAlive(x);
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
            [Plain.Make(inputs[0].Shape, index => index[^1] >= index[^2] + Diagonal ? inputs[0][index] : 0)];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Triu(0), random.Normal([4, 4], dtype: DType.F64)),
            new(new Triu(-1), random.Normal([2, 5, 3], dtype: DType.F64)),
            new(new Triu(2), random.Normal([3, 6], dtype: DType.F64)),
            new(new Triu(-9), random.Normal([3, 2], dtype: DType.F64)),
            new(new Triu(9), random.Normal([1, 1], dtype: DType.F64)),
            new(new Triu(0), random.Normal([2, 0, 3], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3]).Triu(), "triu: x must have rows and columns, but x is [3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Triu"/> to tensors.</summary>
    public static class TriuSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The upper triangle of each matrix, zeros below.</summary>
            /// <param name="diagonal">The first diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
            /// <exception cref="ShapeException">There are fewer than two axes.</exception>
            public Tensor Triu(long diagonal = 0) => new Ops.Triu(diagonal).Apply(x);
        }
    }
}
