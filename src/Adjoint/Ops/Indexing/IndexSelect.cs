using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>Positions of one axis picked by number: <c>y[…, i, …] = x[…, indices[i], …]</c>.</summary>
    /// <remarks>The axis is replaced by the axes of the indices. Saves the indices.</remarks>
    /// <param name="Dim">The axis.</param>
    [GradientRule("y[i] = x[index[i]]", "dx[index[i]] += dy[i]")]
    public sealed record IndexSelect(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Indices.CheckType(inputs[1], Name);
            outputs[0] = new(Indices.Replace(inputs[0].Shape, Dim, inputs[1].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => PickedBytes(inputs[1], outputs);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => Take(inputs[0], inputs[1], outputs[0], Dim, Name);

        internal static unsafe void Take(Tensor from, Tensor indices, Tensor y, int dim, string operation)
        {
            using Scope scope = Scope.Begin(operation);
            Tensor x = from.Packed(), positions = Indices.Within(indices, x.Shape[dim], operation);
            (long outer, long size, long row) = Indices.Around(x.Shape, dim);
            TakeRows.Run(x.Data, y.Data, (long*)positions.Data, outer, size, positions.Elements, row * x.DType.Bytes);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            if (!x.IsMapped(1)) return (this with { Dim = Dim + 1 }).ApplyWithHidden(x[0], x[1]);
            return [FromEach(x.All(0), x[1], Dim, Name)];
        }

        /// <summary>Positions of an axis picked by numbers that differ between items: one long axis is made of the axes of all of them.</summary>
        internal static Tensor FromEach(Tensor items, Tensor indices, int dim, string operation)
        {
            Tensor first = items.MoveDim(dim + 1, 1);
            Tensor positions = Indices.OfItems(indices, first.Shape[1], operation);
            Tensor y = new IndexSelect(0).Apply(first.Flatten(0, 1), positions);
            // [items, indices…, before, after] → [items, before, indices…, after]
            int extra = indices.Rank - 1;
            return y.Permute([0, .. Enumerable.Range(1 + extra, dim), .. Enumerable.Range(1, extra), .. Enumerable.Range(1 + extra + dim, y.Rank - 1 - extra - dim)]);
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 0 ? Saves.Input(1) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            input == 0 ? new IndexPut(Dim, dy.InputShape(0)[Dim]).Apply(dy.Gradient, dy.Input(1)) : null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            int extra = inputs[1].Shape.Rank;
            return
            [
                Plain.Make(Indices.Replace(inputs[0].Shape, Dim, inputs[1].Shape), index =>
                {
                    long picked = (long)inputs[1][index.AsSpan(Dim, extra)];
                    return inputs[0][[.. index.AsSpan(0, Dim), picked, .. index.AsSpan(Dim + extra)]];
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new IndexSelect(1), random.Normal([3, 4], dtype: DType.F64), Tensor.From([3L, 0, 0, 2, 3])),
            new(new IndexSelect(0), random.Normal([5, 3], dtype: DType.F64), Tensor.From([4L, 1, 1, 0], [2, 2])),
            new(new IndexSelect(1), random.Normal([2, 3, 70], dtype: DType.F64), Tensor.From([2, 2, 0])),
            new(new IndexSelect(0), random.Normal([3], dtype: DType.F64), Tensor.From([1L], [])),
            new(new IndexSelect(0), random.Normal([0, 2], dtype: DType.F64), Tensor.From<long>([], [0])),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 5]).IndexSelect(1, Tensor.From([0L, 5])), "index_select: indices must be from 0 to 4, but the index at [1] is 5."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 5]).IndexSelect(1, Tensor.Zeros([2])), "index_select: indices must be I64 or I32, but they are F32."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 5]).IndexSelect(1, Tensor.From([0L], [1, 1])), "index_select: indices must have one axis, but they are [1, 1]. Hint: index the first axis with x[indices], or use Gather."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.IndexSelect"/> to tensors.</summary>
    public static class IndexSelectSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Positions of one axis picked by number, as often and in the order as they are named.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="indices">The positions: I64 or I32 with one axis.</param>
            /// <exception cref="ShapeException">The axis does not exist, or the indices have not one axis.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
            [PyTorch("torch.index_select")]
            public Tensor IndexSelect(int dim, Tensor indices)
            {
                ArgumentNullException.ThrowIfNull(indices);
                if (indices.Rank != 1) throw new ShapeException($"index_select: indices must have one axis, but they are {indices.Shape}. Hint: index the first axis with x[indices], or use Gather.");
                return new Ops.IndexSelect(x.Shape.Axis(dim, "index_select")).Apply(x, indices);
            }
        }
    }
}
