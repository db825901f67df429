namespace Adjoint.Ops
{
    /// <summary>An axis cut into pieces, one after the other. Views; saves nothing.</summary>
    /// <remarks>One operation with many outputs, so that the gradient is one concatenation and not a sum of padded pieces.</remarks>
    /// <param name="Dim">The axis.</param>
    /// <param name="Sizes">The length of each piece; they add up to the axis.</param>
    [GradientRule("y₀, y₁, … = pieces of x", "dx = dy₀, dy₁, … one after the other")]
    public sealed record Split(int Dim, Shape Sizes) : ViewOp, ISampled
    {
        /// <inheritdoc/>
        public override int OutputCount => Sizes.Rank;

        private protected override ViewOp OfItems(long items) => this with { Dim = Dim + 1 };

        private protected override Tensor View(Tensor x) => View(x, 0);

        private protected override Tensor View(Tensor x, int output)
        {
            long start = Sizes.Take(output).Sum(), length = Sizes[output];
            return x.ViewAs(x.Shape.With(Dim, length), x.Strides, x.Offset + (length == 0 ? 0 : start * x.Strides[Dim]));
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            new Cat(Dim).Apply([.. Enumerable.Range(0, OutputCount).Select(dy.Of)]);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            var pieces = new List<Plain>();
            long start = 0;
            foreach (long length in Sizes)
            {
                pieces.Add(new Slice(Dim, start, length, 1).Reference(inputs)[0]);
                start += length;
            }

            return [.. pieces];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Split(0, [1, 3]), random.Normal([4, 5], dtype: DType.F64)),
            new(new Split(1, [2, 0, 3]), random.Normal([4, 5, 2], dtype: DType.F64)),
            new(new Split(0, [3]), random.Normal([3], dtype: DType.F64)),
            new(new Split(1, [1, 1, 1, 1, 1, 1]), random.Normal([2, 6], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 5]).Split([2, 2], 1), "split: the sizes must add up to the axis, but they are [2, 2] and dim is 1 of x [4, 5]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 5]).Split(0, 1), "split: the size of a piece must be positive, but it is 0."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 5]).Chunk(0), "chunk: the number of pieces must be positive, but it is 0."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Split"/> to tensors.</summary>
    public static class SplitSyntax
    {
        extension(Tensor x)
        {
            /// <summary>An axis cut into pieces of the lengths given. Views.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or the lengths do not add up to it.</exception>
            public Tensor[] Split(Shape sizes, int dim = 0)
            {
                ArgumentNullException.ThrowIfNull(sizes);
                int axis = x.Shape.Axis(dim, "split");
                if (sizes.Rank == 0 || sizes.Sum() != x.Shape[axis]) throw new ShapeException($"split: the sizes must add up to the axis, but they are {sizes} and dim is {dim} of x {x.Shape}.");
                return new Ops.Split(axis, sizes).ApplyAll(x);
            }

            /// <summary>An axis cut into pieces of one length; the last may be shorter. Views.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or the length is not positive.</exception>
            [PyTorch("torch.split")]
            public Tensor[] Split(long size, int dim = 0)
            {
                int axis = x.Shape.Axis(dim, "split");
                if (size < 1) throw new ShapeException($"split: the size of a piece must be positive, but it is {size}.");
                long whole = x.Shape[axis], pieces = Math.Max((whole + size - 1) / size, 1);
                long[] sizes = new long[pieces];
                for (long i = 0; i < pieces; i++) sizes[i] = Math.Min(size, whole - (i * size));
                return new Ops.Split(axis, Shape.Create(sizes)).ApplyAll(x);
            }

            /// <summary>An axis cut into at most <paramref name="chunks"/> pieces of equal length; the last may be shorter. Views.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or the number is not positive.</exception>
            [PyTorch("torch.chunk")]
            public Tensor[] Chunk(int chunks, int dim = 0)
            {
                if (chunks < 1) throw new ShapeException($"chunk: the number of pieces must be positive, but it is {chunks}.");
                long size = x.Shape[x.Shape.Axis(dim, "chunk")];
                return x.Split(Math.Max((size + chunks - 1) / chunks, 1), dim);
            }

            /// <summary>The positions of an axis, each without that axis. Views.</summary>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            [PyTorch("torch.unbind")]
            public Tensor[] Unbind(int dim = 0)
            {
                int axis = x.Shape.Axis(dim, "unbind");
                if (x.Shape[axis] == 0) return [];
                Tensor[] pieces = x.Split(1, axis);
                for (int i = 0; i < pieces.Length; i++) pieces[i] = pieces[i].Squeeze(axis);
                return pieces;
            }
        }
    }
}
