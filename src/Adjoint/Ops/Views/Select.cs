namespace Adjoint.Ops
{
    /// <summary>One position of an axis, which is dropped: <c>y[…] = x[…, Index, …]</c>. A view; saves nothing.</summary>
    /// <param name="Dim">The axis.</param>
    /// <param name="Index">The position.</param>
#pragma warning disable CA1716 // The word of the field; that Visual Basic has it too does not matter.
    [GradientRule("y = x at one position of an axis", "dx = dy at that position, 0 elsewhere")]
    public sealed record Select(int Dim, long Index) : ViewOp, ISampled
#pragma warning restore CA1716
    {
        private protected override ViewOp OfItems(long items) => this with { Dim = Dim + 1 };

        private protected override Tensor View(Tensor x)
        {
            long[] strides = [.. x.Strides.AsSpan(0, Dim), .. x.Strides.AsSpan(Dim + 1)];
            return x.ViewAs(x.Shape.Without(Dim), strides, x.Offset + (Index * x.Strides[Dim]));
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new Unview(this, dy.InputShape(0)).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
            [Plain.Make(inputs[0].Shape.Without(Dim), index => inputs[0][[.. index.AsSpan(0, Dim), Index, .. index.AsSpan(Dim)]])];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Select(0, 1), random.Normal([4, 5], dtype: DType.F64)),
            new(new Select(1, 4), random.Normal([4, 5, 2], dtype: DType.F64)),
            new(new Select(0, 0), random.Normal([1], dtype: DType.F64)),
            new(new Select(1, 2), random.Normal([0, 3], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([4, 5]).Select(1, 5), "select: index must be from -5 to 4, but index is 5 and dim is 1 of x [4, 5]."),
            Misuse.Of<ArgumentOutOfRangeException>(() => _ = Tensor.Zeros([4, 5])[^5], "select: index must be from -4 to 3, but index is -5 and dim is 0 of x [4, 5]."),
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([0]).Select(0, 0), "select: an element must exist to be selected, but dim is 0 of x [0]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Select"/> to tensors.</summary>
    public static class SelectSyntax
    {
        extension(Tensor x)
        {
            /// <summary>One position of an axis, which is dropped. A view.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="index">The position; negative ones count from the end.</param>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            /// <exception cref="ArgumentOutOfRangeException">The position does not exist.</exception>
            [PyTorch("torch.select")]
            public Tensor Select(int dim, long index)
            {
                int axis = x.Shape.Axis(dim, "select");
                long size = x.Shape[axis];
                if (size == 0) throw new ArgumentOutOfRangeException(null, $"select: an element must exist to be selected, but dim is {dim} of x {x.Shape}.");
                if (index < -size || index >= size) throw new ArgumentOutOfRangeException(null, $"select: index must be from {-size} to {size - 1}, but index is {index} and dim is {dim} of x {x.Shape}.");
                return new Ops.Select(axis, index < 0 ? index + size : index).Apply(x);
            }
        }
    }
}
