using Adjoint.Kernels;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>One element for each index, along one axis: <c>y[…, i, …] = x[…, indices[…, i, …], …]</c>.</summary>
    /// <remarks>Shape: that of the indices, which have as many axes as x and outside the axis at most x's sizes. Saves the indices.</remarks>
    /// <param name="Dim">The axis.</param>
    [GradientRule("y[i] = x[index[i]]", "dx[index[i]] += dy[i]")]
    public sealed record Gather(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            CheckFit(inputs[0].Shape, inputs[1], Dim, Name);
            outputs[0] = new(inputs[1].Shape, inputs[0].DType);
        }

        internal static void CheckFit(Shape x, Tensor indices, int dim, string operation)
        {
            Indices.CheckType(indices, operation);
            bool fits = indices.Rank == x.Rank;
            for (int i = 0; fits && i < x.Rank; i++) fits = i == dim || indices.Shape[i] <= x[i];
            if (!fits) throw new ShapeException($"{operation}: indices must have x's axes, none of them longer outside dim, but x is {x}, indices are {indices.Shape} and dim is {dim}.");
        }

        /// <inheritdoc/>
        protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => PickedBytes(inputs[1], outputs);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Operand x = inputs[0].Operand, y = outputs[0].Operand, index = Indices.Within(inputs[1], inputs[0].Shape[Dim], Name).Operand;
            switch (x.DType.Bytes)
            {
                case 1: IndexedLines<byte, GatherElement<byte>>.Run(x, index, y, Dim); break;
                case 2: IndexedLines<ushort, GatherElement<ushort>>.Run(x, index, y, Dim); break;
                case 4: IndexedLines<uint, GatherElement<uint>>.Run(x, index, y, Dim); break;
                default: IndexedLines<ulong, GatherElement<ulong>>.Run(x, index, y, Dim); break;
            }
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 0 ? Saves.Input(1) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            input == 0 ? new ScatterAdd(Dim).Apply(Tensor.Zeros(dy.InputShape(0), dy.Gradient.DType), dy.Input(1), dy.Gradient) : null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
        [
            Plain.Make(inputs[1].Shape, index =>
            {
                long[] from = [.. index];
                from[Dim] = (long)inputs[1][index];
                return inputs[0][from];
            }),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Gather(1), random.Normal([3, 4], dtype: DType.F64), random.Integers([3, 6], 0, 4)),
            new(new Gather(0), random.Normal([5, 3, 4], dtype: DType.F64), random.Integers([2, 3, 2], 0, 5)),
            new(new Gather(1), random.Normal([4, 7], dtype: DType.F64), random.Integers([4, 1], 0, 7, DType.I32)),
            new(new Gather(0), random.Normal([4], dtype: DType.F64), Tensor.From<long>([], [0])),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 5]).Gather(1, Tensor.From([0L, 1, 2, 3, 4, 7], [2, 3])), "gather: indices must be from 0 to 4, but the index at [1, 2] is 7."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 5]).Gather(1, Tensor.From([0L, 1, 2], [3, 1])), "gather: indices must have x's axes, none of them longer outside dim, but x is [2, 5], indices are [3, 1] and dim is 1."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 5]).Gather(1, Tensor.Zeros([2, 1])), "gather: indices must be I64 or I32, but they are F32."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Gather"/> to tensors.</summary>
    public static class GatherSyntax
    {
        extension(Tensor x)
        {
            /// <summary>One element for each index, along one axis: <c>y[…, i, …] = x[…, indices[…, i, …], …]</c>.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or the indices do not fit x.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
            [PyTorch("torch.gather", "torch.take_along_dim")]
            public Tensor Gather(int dim, Tensor indices) => new Ops.Gather(x.Shape.Axis(dim, "gather")).Apply(x, indices);
        }
    }
}
