using System.Runtime.InteropServices;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>Zeros, to which positions of x are added where the indices say: <c>y[…, indices[i], …] += x[…, i, …]</c>.</summary>
    /// <remarks>
    /// The gradient of <see cref="IndexSelect"/> and <see cref="Embedding"/>. Sums are made in the order of the indices, whatever
    /// the number of threads; half types are summed in F32. Saves the indices.
    /// </remarks>
    /// <param name="Dim">The axis of the result, and the first of the indices' axes in x.</param>
    /// <param name="Size">The size of that axis.</param>
    /// <param name="Skip">An index that nothing is added for.</param>
    [GradientRule("y = 0, then y[index[i]] += x[i]", "dx[i] = dy[index[i]]")]
    public sealed record IndexPut(int Dim, long Size, long? Skip = null) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Indices.CheckType(inputs[1], Name);
            outputs[0] = new(Whole(inputs[0].Shape, inputs[1].Shape.Rank), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            using NoGrad off = NoGrad.Scope();
            DType sums = outputs[0].DType is DType.BF16 or DType.F16 ? DType.F32 : outputs[0].DType;
            Tensor x = inputs[0].To(sums).Packed(), positions = Indices.Within(inputs[1], Size, Name);
            Tensor y = sums == outputs[0].DType ? outputs[0] : Tensor.Allocate(outputs[0].Shape, sums);
            (long outer, _, long row) = Indices.Around(y.Shape, Dim);
            NativeMemory.Clear(y.Data, (nuint)(y.Elements * sums.Bytes));
            Add(sums, x.Data, y.Data, (long*)positions.Data, outer, positions.Elements, row);
            if (!ReferenceEquals(y, outputs[0])) outputs[0].CopyFrom(y);
        }

        unsafe void Add(DType dtype, void* x, void* y, long* positions, long outer, long count, long row)
        {
            long skip = Skip ?? -1;
            switch (dtype)
            {
                case DType.F64: AddRows<double>.Run(x, y, positions, outer, Size, count, row, skip); break;
                case DType.F32: AddRows<float>.Run(x, y, positions, outer, Size, count, row, skip); break;
                case DType.I64: AddRows<long>.Run(x, y, positions, outer, Size, count, row, skip); break;
                case DType.I32: AddRows<int>.Run(x, y, positions, outer, Size, count, row, skip); break;
                default: AddRows<byte>.Run(x, y, positions, outer, Size, count, row, skip); break;
            }
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            if (!x.IsMapped(1)) return (this with { Dim = Dim + 1 }).ApplyWithHidden(x[0], x[1]);
            int extra = x.Shape(1).Rank;
            Tensor all = x.All(0), indices = x[1];
            if (Skip is { } skip) all = all.MaskedFill(indices.EqualTo(skip).Reshape([x.Size, .. Enumerable.Repeat(1L, Dim), .. x.Shape(1), .. Enumerable.Repeat(1L, all.Rank - 1 - Dim - extra)]), 0);
            // [items, before, indices…, after] → [items, indices…, before, after], added to one long axis made of the axes of all items.
            Tensor first = all.Permute([0, .. Enumerable.Range(1 + Dim, extra), .. Enumerable.Range(1, Dim), .. Enumerable.Range(1 + Dim + extra, all.Rank - 1 - Dim - extra)]);
            Tensor y = new IndexPut(0, x.Size * Size).Apply(first, Indices.OfItems(indices, Size, Name));
            return [y.Reshape([x.Size, Size, .. y.Shape.Skip(1)]).MoveDim(1, Dim + 1)];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 0 ? Saves.Input(1) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (input != 0) return null;
            Tensor indices = dy.Input(1);
            Tensor dx = new IndexSelect(Dim).Apply(dy.Gradient, indices);
            if (Skip is not { } skip) return dx;
            Tensor skipped = indices.EqualTo(skip);
            for (int axis = Dim + 1; axis < dy.Gradient.Rank; axis++) skipped = skipped.Unsqueeze(-1);
            return dx.MaskedFill(skipped, 0);
        }

        Shape Whole(Shape x, int indexAxes) =>
            Shape.Create([.. x.Sizes.AsSpan(0, Dim), Size, .. x.Sizes.AsSpan(Dim + indexAxes)]);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            int extra = inputs[1].Shape.Rank;
            Plain y = Plain.Zeros(Whole(inputs[0].Shape, extra));
            foreach (long[] index in Plain.Indices(inputs[0].Shape))
            {
                long row = (long)inputs[1][index.AsSpan(Dim, extra)];
                if (row != Skip) y[[.. index.AsSpan(0, Dim), row, .. index.AsSpan(Dim + extra)]] += inputs[0][index];
            }

            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new IndexPut(0, 4), random.Normal([5, 70], dtype: DType.F64), Tensor.From([3L, 0, 0, 2, 3])),
            new(new IndexPut(1, 3), random.Normal([2, 2, 2], dtype: DType.F64), Tensor.From([2L, 1])),
            new(new IndexPut(0, 5, Skip: 1), random.Normal([2, 3, 2], dtype: DType.F64), Tensor.From([4L, 1, 1, 0, 4, 4], [2, 3])),
            new(new IndexPut(1, 3), random.Normal([4, 6], dtype: DType.F64), Tensor.From([2, 1, 2, 0, 0, 1])),
            new(new IndexPut(0, 2), random.Normal([0, 3], dtype: DType.F64), Tensor.From<long>([], [0])),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 2]).IndexAdd(0, Tensor.From([1L]), Tensor.Zeros([2, 2])), "index_add: the source must have x's shape with as many positions as there are indices, but x is [4, 2], the source is [2, 2] and the indices are [1]."),
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([4, 2]).IndexAdd(0, Tensor.From([-1L]), Tensor.Zeros([1, 2])), "index_put: indices must be from 0 to 3, but the index at [0] is -1."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.IndexPut"/> to tensors.</summary>
    public static class IndexAddSyntax
    {
        extension(Tensor x)
        {
            /// <summary>With positions of a source added where the indices say: <c>y = x; y[…, indices[i], …] += source[…, i, …]</c>.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="indices">The positions: I64 or I32 with one axis.</param>
            /// <param name="source">What is added; of x's shape, with as many positions as there are indices.</param>
            /// <exception cref="ShapeException">The axis does not exist, or the shapes do not fit.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
            [PyTorch("torch.index_add", Differs = "A copy; there is no form in place.")]
            public Tensor IndexAdd(int dim, Tensor indices, Tensor source)
            {
                ArgumentNullException.ThrowIfNull(indices);
                ArgumentNullException.ThrowIfNull(source);
                int axis = x.Shape.Axis(dim, "index_add");
                if (indices.Rank != 1 || source.Shape != x.Shape.With(axis, indices.Elements))
                    throw new ShapeException($"index_add: the source must have x's shape with as many positions as there are indices, but x is {x.Shape}, the source is {source.Shape} and the indices are {indices.Shape}.");
                return x + new Ops.IndexPut(axis, x.Shape[axis]).Apply(source, indices);
            }
        }
    }
}
