namespace Adjoint.Ops
{
    /// <summary>The diagonal over two axes, which are dropped, as a new last axis: <c>y[…, i] = x[…, i, …, i + Offset, …]</c>. A view; saves nothing.</summary>
    /// <param name="Offset">Which diagonal: above the main one for positive numbers, below it for negative ones.</param>
    /// <param name="Dim1">The axis of rows.</param>
    /// <param name="Dim2">The axis of columns.</param>
    [GradientRule("y = the diagonal of x", "dx = dy on the diagonal, 0 elsewhere")]
    public sealed record Diagonal(long Offset, int Dim1, int Dim2) : ViewOp, ISampled
    {
        long FirstRow => Math.Max(-Offset, 0);
        long FirstColumn => Math.Max(Offset, 0);

        private protected override ViewOp OfItems(long items) => this with { Dim1 = Dim1 + 1, Dim2 = Dim2 + 1 };

        private protected override Tensor View(Tensor x)
        {
            long[] strides = [.. x.Strides.Where((_, axis) => axis != Dim1 && axis != Dim2), x.Strides[Dim1] + x.Strides[Dim2]];
            Shape shape = Result(x.Shape);
            long start = shape[^1] == 0 ? 0 : (FirstRow * x.Strides[Dim1]) + (FirstColumn * x.Strides[Dim2]);
            return x.ViewAs(shape, strides, x.Offset + start);
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new Unview(this, dy.InputShape(0)).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            return
            [
                Plain.Make(Result(inputs[0].Shape), index =>
                {
                    long[] from = new long[index.Length + 1];
                    for (int axis = 0, next = 0; axis < from.Length; axis++)
                        from[axis] = axis == Dim1 ? index[^1] + FirstRow : axis == Dim2 ? index[^1] + FirstColumn : index[next++];
                    return inputs[0][from];
                }),
            ];
        }

        Shape Result(Shape x)
        {
            long length = Math.Max(Math.Min(x[Dim1] - FirstRow, x[Dim2] - FirstColumn), 0);
            return Shape.Create([.. x.Where((_, axis) => axis != Dim1 && axis != Dim2), length]);
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Diagonal(0, 0, 1), random.Normal([4, 4], dtype: DType.F64)),
            new(new Diagonal(1, 0, 1), random.Normal([3, 5], dtype: DType.F64)),
            new(new Diagonal(-2, 2, 0), random.Normal([3, 2, 5], dtype: DType.F64)),
            new(new Diagonal(9, 0, 1), random.Normal([3, 5], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 5]).Diagonal(0, 1, -1), "diagonal: dim1 and dim2 must be two axes, but dim1 is 1 and dim2 is -1 and x is [4, 5]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Diagonal"/> to tensors.</summary>
    public static class DiagonalSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The diagonal over two axes, which are dropped, as a new last axis. A view.</summary>
            /// <param name="offset">Which diagonal: above the main one for positive numbers, below it for negative ones.</param>
            /// <param name="dim1">The axis of rows.</param>
            /// <param name="dim2">The axis of columns.</param>
            /// <exception cref="ShapeException">An axis does not exist, or both are the same.</exception>
            [PyTorch("torch.diagonal")]
            public Tensor Diagonal(long offset = 0, int dim1 = 0, int dim2 = 1)
            {
                int rows = x.Shape.Axis(dim1, "diagonal"), columns = x.Shape.Axis(dim2, "diagonal");
                if (rows == columns) throw new ShapeException($"diagonal: dim1 and dim2 must be two axes, but dim1 is {dim1} and dim2 is {dim2} and x is {x.Shape}.");
                return new Ops.Diagonal(offset, rows, columns).Apply(x);
            }
        }
    }
}
