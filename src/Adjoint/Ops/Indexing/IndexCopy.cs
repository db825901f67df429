using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>Positions of one axis written by number: <c>y = x; y[…, indices[i], …] = source[…, i, …]</c>.</summary>
    /// <remarks>Where a position is named several times, the last one stays, whatever the number of threads, and it alone has a gradient. Saves the indices.</remarks>
    /// <param name="Dim">The axis.</param>
    [GradientRule("y = x, then y[index[i]] = s[i]", "dx = dy, 0 where it was overwritten", "ds[i] = dy[index[i]], 0 where another one stayed")]
    public sealed record IndexCopy(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            (Tensor x, Tensor indices, Tensor source) = (inputs[0], inputs[1], inputs[2]);
            Indices.CheckType(indices, Name);
            if (indices.Rank != 1 || source.Shape != x.Shape.With(Dim, indices.Elements))
                throw new ShapeException($"{Name}: the source must have x's shape with as many positions as there are indices, but x is {x.Shape}, the source is {source.Shape} and the indices are {indices.Shape}.");
            if (source.DType != x.DType) throw new DTypeException($"{Name}: the source must have x's element type, but it is {source.DType} and x is {x.DType}.");
            outputs[0] = x.Spec;
        }

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            StridedCopy.Run(inputs[0].Operand, outputs[0].Operand);
            Put(outputs[0], inputs[1], inputs[2], Dim, Name);
        }

        /// <summary>Writes rows of the source into y, which is contiguous.</summary>
        internal static unsafe void Put(Tensor y, Tensor indices, Tensor source, int dim, string operation)
        {
            using Scope scope = Scope.Begin(operation);
            Tensor rows = source.Packed(), positions = Indices.Within(indices, y.Shape[dim], operation);
            (long outer, long size, long row) = Indices.Around(y.Shape, dim);
            PutRows.Run(rows.Data, y.Data, (long*)positions.Data, outer, size, positions.Elements, row * y.DType.Bytes);
            GC.KeepAlive(rows);
            GC.KeepAlive(positions);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            ArgumentNullException.ThrowIfNull(x);
            if (!x.IsMapped(1)) return (this with { Dim = Dim + 1 }).ApplyWithHidden(x.All(0), x[1], x.All(2));
            // One long axis is made of the axes of all items.
            Tensor first = x.All(0).MoveDim(Dim + 1, 1), rows = x.All(2).MoveDim(Dim + 1, 1);
            Tensor places = Indices.OfItems(x[1], first.Shape[1], Name);
            return [new IndexCopy(0).Apply(first.Flatten(0, 1), places.Flatten(), rows.Flatten(0, 1)).Reshape(first.Shape).MoveDim(1, Dim + 1)];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 1 ? Saves.Nothing : Saves.Input(1);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (input == 1) return null;
            Tensor indices = dy.Input(1), gradient = dy.Gradient;
            if (input == 0) return Apply(gradient, indices, Tensor.Zeros(gradient.Shape.With(Dim, indices.Elements), gradient.DType));
            // Every write leaves its number; what is found afterwards is the number of the one that stayed.
            Tensor numbers = Tensor.Arange(indices.Elements);
            Tensor stayed = new IndexCopy(0).Apply(Tensor.Zeros([gradient.Shape[Dim]], DType.I64), indices, numbers);
            Tensor overwritten = new IndexSelect(0).Apply(stayed, indices).NotEqualTo(numbers);
            return new IndexSelect(Dim).Apply(gradient, indices).MaskedFill(overwritten.Reshape([indices.Elements, .. Enumerable.Repeat(1L, gradient.Rank - Dim - 1)]), 0);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            var y = new Plain(inputs[0].Shape, [.. inputs[0].Values]);
            foreach (long[] index in Plain.Indices(inputs[2].Shape))
            {
                long[] to = [.. index];
                to[Dim] = (long)inputs[1].Values[index[Dim]];
                y[to] = inputs[2][index];
            }

            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new IndexCopy(0), random.Normal([5, 3], dtype: DType.F64), Tensor.From([4L, 1, 4, 0, 1]), random.Normal([5, 3], dtype: DType.F64)),
            new(new IndexCopy(1), random.Normal([2, 4, 3], dtype: DType.F64), Tensor.From([3, 0]), random.Normal([2, 2, 3], dtype: DType.F64)),
            new(new IndexCopy(1), random.Normal([3, 4], dtype: DType.F64), Tensor.From([2L, 2, 2, 0, 1, 0]), random.Normal([3, 6], dtype: DType.F64)),
            new(new IndexCopy(0), random.Normal([2, 600], dtype: DType.F64), Tensor.From([1L, 0, 1]), random.Normal([3, 600], dtype: DType.F64)),
            new(new IndexCopy(0), random.Normal([3], dtype: DType.F64), Tensor.From<long>([], [0]), Tensor.Zeros([0], DType.F64)),
            new(new IndexCopy(1), Tensor.Zeros([0, 2], DType.F64), Tensor.From([1L]), Tensor.Zeros([0, 1], DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 2]).IndexCopy(0, Tensor.From([0L, 2]), Tensor.Zeros([2, 2])), "index_copy: indices must be from 0 to 1, but the index at [1] is 2."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 2]).IndexCopy(0, Tensor.From([1L]), Tensor.Zeros([2])), "index_copy: the source must have x's shape with as many positions as there are indices, but x is [4, 2], the source is [2] and the indices are [1]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2]).IndexCopy(0, Tensor.From([1L]), Tensor.Zeros([1], DType.F64)), "index_copy: the source must have x's element type, but it is F64 and x is F32."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.IndexCopy"/> to tensors.</summary>
    public static class IndexCopySyntax
    {
        extension(Tensor x)
        {
            /// <summary>A copy with positions of one axis written by number: <c>y[…, indices[i], …] = source[…, i, …]</c>. Where a position is named several times, the last one stays.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="indices">The positions: I64 or I32 with one axis.</param>
            /// <param name="source">What is written; of x's shape, with as many positions as there are indices.</param>
            /// <exception cref="ShapeException">The axis does not exist, or the shapes do not fit.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32, or the source is of another type than x.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
            [PyTorch("torch.index_copy", Differs = "A copy. Where a position is named several times, the last one stays; PyTorch promises none.")]
            public Tensor IndexCopy(int dim, Tensor indices, Tensor source) => new Ops.IndexCopy(x.Shape.Axis(dim, "index_copy")).Apply(x, indices, source);
        }
    }
}
