namespace Adjoint.Ops
{
    /// <summary>Every <c>Step</c>-th element of one axis, from <c>Start</c>: <c>y[…, i, …] = x[…, Start + i·Step, …]</c>. A view; saves nothing.</summary>
    /// <param name="Dim">The axis.</param>
    /// <param name="Start">The position of the first element.</param>
    /// <param name="Length">How many elements there are.</param>
    /// <param name="Step">The distance to the next; negative ones go backward.</param>
    [GradientRule("y = a part of x", "dx = dy at that part, 0 elsewhere")]
    public sealed record Slice(int Dim, long Start, long Length, long Step) : ViewOp, ISampled
    {
        private protected override ViewOp OfItems(long items) => this with { Dim = Dim + 1 };

        private protected override Tensor View(Tensor x)
        {
            long[] strides = [.. x.Strides];
            strides[Dim] *= Step;
            long offset = x.Offset + (Length == 0 ? 0 : Start * x.Strides[Dim]);
            return x.ViewAs(x.Shape.With(Dim, Length), strides, offset);
        }

        /// <summary>The elements of a range of an axis of a given size, cut down to what there is.</summary>
        internal static Slice Of(int dim, long size, long start, long end, long step)
        {
            start = Math.Clamp(start < 0 ? start + size : start, 0, size);
            end = Math.Clamp(end < 0 ? end + size : end, 0, size);
            long span = Math.Max(end - start, 0), stride = step == long.MinValue ? long.MaxValue : Math.Abs(step);
            long length = span == 0 ? 0 : ((span - 1) / stride) + 1;
            if (length == 0) return new(dim, 0, 0, 1);
            return new(dim, step > 0 ? start : end - 1, length, length == 1 ? 1 : step);
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new Unview(this, dy.InputShape(0)).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
        [
            Plain.Make(inputs[0].Shape.With(Dim, Length), index =>
            {
                long[] from = [.. index];
                from[Dim] = Start + (index[Dim] * Step);
                return inputs[0][from];
            }),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Slice(0, 1, 2, 1), random.Normal([4, 5], dtype: DType.F64)),
            new(new Slice(1, 0, 3, 2), random.Normal([4, 5], dtype: DType.F64)),
            new(new Slice(1, 4, 2, -3), random.Normal([4, 5, 2], dtype: DType.F64)),
            new(new Slice(0, 0, 0, 1), random.Normal([3, 2], dtype: DType.F64)),
            new(new Slice(0, 2, 1, 1), random.Normal([3], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([4]).Slice(0, step: 0), "slice: step must not be zero, but step is 0."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4]).Slice(1), "slice: dim must be an axis of x, from -1 to 0, but dim is 1 and x is [4]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Slice"/> to tensors.</summary>
    public static class SliceSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The elements <paramref name="start"/> … <paramref name="end"/>−1 of an axis, every <paramref name="step"/>-th of them. A view.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="start">The first position; negative ones count from the end, positions outside are cut down to what there is.</param>
            /// <param name="end">The position after the last one; the end of the axis where not given.</param>
            /// <param name="step">The distance between elements; a negative one walks the same range from its last element to its first.</param>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            /// <exception cref="ArgumentException"><paramref name="step"/> is zero.</exception>
            [PyTorch("torch.narrow", Differs = "Start and end instead of start and length; the indexer `x[1..3]` reads better.")]
            public Tensor Slice(int dim, long start = 0, long? end = null, long step = 1)
            {
                int axis = x.Shape.Axis(dim, "slice");
                if (step == 0) throw new ArgumentException("slice: step must not be zero, but step is 0.");
                long size = x.Shape[axis];
                var op = Ops.Slice.Of(axis, size, start, end ?? size, step);
                return op.Length == size && op.Step == 1 ? x : op.Apply(x);
            }
        }
    }
}
