namespace Adjoint.Ops
{
    /// <summary>Rows of a table picked by number: <c>y[…, :] = table[indices[…], :]</c>.</summary>
    /// <remarks>Shape: indices of any shape, table [V, C]; result: the indices' shape and C. Saves the indices.</remarks>
    /// <param name="PaddingIndex">A row that is used but gets no gradient.</param>
    [GradientRule("y[i] = table[index[i]]", "dtable[index[i]] += dy[i]")]
    public sealed record Embedding(long? PaddingIndex = null) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            (Tensor indices, Tensor table) = (inputs[0], inputs[1]);
            Indices.CheckType(indices, Name);
            if (table.Rank != 2) throw new ShapeException($"embedding: the table must have rows and columns, but it is {table.Shape}.");
            if (PaddingIndex is { } row && (row < 0 || row >= table.Shape[0]))
                throw new ArgumentOutOfRangeException(null, $"embedding: the padding index must be a row of the table, from 0 to {table.Shape[0] - 1}, but it is {row}.");
            outputs[0] = new(Indices.Replace(table.Shape, 0, indices.Shape), table.DType);
        }

        /// <inheritdoc/>
        protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => PickedBytes(inputs[0], outputs);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => IndexSelect.Take(inputs[1], inputs[0], outputs[0], 0, Name);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            if (!x.IsMapped(1)) return ApplyWithHidden(x[0], x[1]);
            Tensor indices = x.All(0), y = IndexSelect.FromEach(x[1], indices, 0, Name);
            if (PaddingIndex is not { } row) return [y];
            Tensor padding = indices.EqualTo(row).Unsqueeze(-1);
            return [padding.Where(y.Detach(), y)];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 1 ? Saves.Input(0) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            input == 1 ? new IndexPut(0, dy.InputShape(1)[0], PaddingIndex).Apply(dy.Gradient, dy.Input(0)) : null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => new IndexSelect(0).Reference([inputs[1], inputs[0]]);

        // A padding index makes the gradient differ from the derivative on purpose: IndexPut's samples check it.
        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Embedding(), Tensor.From([3L, 0, 0, 2, 3, 6], [2, 3]), random.Normal([7, 5], dtype: DType.F64)),
            new(new Embedding(), Tensor.From([1, 0]), random.Normal([2, 1], dtype: DType.F64)),
            new(new Embedding(), Tensor.From<long>([], [2, 0]), random.Normal([2, 3], dtype: DType.F64)),
            new(new Embedding(2), Tensor.From([3L, 2, 0], [3]), random.Normal([4, 70], dtype: DType.F64)) { Constant = [1] },
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.From([0L, 1, 2, 3, 4, 7], [2, 3]).Embedding(Tensor.Zeros([5, 2])), "embedding: indices must be from 0 to 4, but the index at [1, 2] is 7."),
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.From([0L]).Embedding(Tensor.Zeros([5, 2]), paddingIndex: 5), "embedding: the padding index must be a row of the table, from 0 to 4, but it is 5."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2]).Embedding(Tensor.Zeros([5, 2])), "embedding: indices must be I64 or I32, but they are F32."),
            Misuse.Of<ShapeException>(() => Tensor.From([0L]).Embedding(Tensor.Zeros([5])), "embedding: the table must have rows and columns, but it is [5]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Embedding"/> to tensors.</summary>
    public static class EmbeddingSyntax
    {
        extension(Tensor indices)
        {
            /// <summary>Rows of a table picked by these numbers.</summary>
            /// <param name="table">[V, C].</param>
            /// <param name="paddingIndex">A row that is used but gets no gradient.</param>
            /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
            /// <exception cref="ShapeException">The table has not two axes.</exception>
            /// <exception cref="ArgumentOutOfRangeException">An index, or the padding index, is no row of the table.</exception>
            [PyTorch("torch.nn.functional.embedding", Differs = "A method of the indices. No `max_norm`, `scale_grad_by_freq`, `sparse`.")]
            public Tensor Embedding(Tensor table, long? paddingIndex = null) => new Ops.Embedding(paddingIndex).Apply(indices, table);
        }
    }
}
