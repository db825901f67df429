using Adjoint.Kernels;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>One element written for each index, along one axis: <c>y = x; y[…, indices[…, i, …], …] = source[…, i, …]</c>.</summary>
    /// <remarks>Where an element is named several times, the last one along the axis stays, and it alone has a gradient. Saves the indices.</remarks>
    /// <param name="Dim">The axis.</param>
    [GradientRule("y = x, then y[index[i]] = s[i]", "dx = dy, 0 where it was overwritten", "ds[i] = dy[index[i]], 0 where another one stayed")]
    public sealed record Scatter(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            CheckSource(inputs[0], inputs[1], inputs[2], Dim, Name);
            outputs[0] = inputs[0].Spec;
        }

        internal static void CheckSource(Tensor x, Tensor indices, Tensor source, int dim, string operation)
        {
            Gather.CheckFit(x.Shape, indices, dim, operation);
            if (source.Shape != indices.Shape) throw new ShapeException($"{operation}: the source must have the shape of the indices, but it is {source.Shape} and the indices are {indices.Shape}.");
            if (source.DType != x.DType) throw new DTypeException($"{operation}: the source must have x's element type, but it is {source.DType} and x is {x.DType}.");
        }

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Operand y = outputs[0].Operand, index = Indices.Within(inputs[1], inputs[0].Shape[Dim], Name).Operand, source = inputs[2].Operand;
            StridedCopy.Run(inputs[0].Operand, y);
            switch (y.DType.Bytes)
            {
                case 1: IndexedLines<byte, ScatterElement<byte>>.Run(y, index, source, Dim); break;
                case 2: IndexedLines<ushort, ScatterElement<ushort>>.Run(y, index, source, Dim); break;
                case 4: IndexedLines<uint, ScatterElement<uint>>.Run(y, index, source, Dim); break;
                default: IndexedLines<ulong, ScatterElement<ulong>>.Run(y, index, source, Dim); break;
            }
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 1 ? Saves.Nothing : Saves.Input(1);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (input == 1) return null;
            Tensor indices = dy.Input(1), gradient = dy.Gradient;
            if (input == 0) return Apply(gradient, indices, Tensor.Zeros(indices.Shape, gradient.DType));
            // Every write leaves its number; what is found afterwards is the number of the one that stayed.
            Tensor numbers = Tensor.Arange(indices.Elements).Reshape(indices.Shape);
            Tensor stayed = Apply(Tensor.Zeros(gradient.Shape, DType.I64), indices, numbers);
            return new Gather(Dim).Apply(gradient, indices).MaskedFill(new Gather(Dim).Apply(stayed, indices).NotEqualTo(numbers), 0);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            var y = new Plain(inputs[0].Shape, [.. inputs[0].Values]);
            foreach (long[] index in Plain.Indices(inputs[1].Shape))
            {
                long[] to = [.. index];
                to[Dim] = (long)inputs[1][index];
                y[to] = inputs[2][index];
            }

            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Scatter(1), random.Normal([2, 5], dtype: DType.F64), Tensor.From([3L, 0, 1, 4], [2, 2]), random.Normal([2, 2], dtype: DType.F64)),
            new(new Scatter(0), random.Normal([3, 4], dtype: DType.F64), Tensor.From([0L, 2, 1, 2, 2, 1], [2, 3]), random.Normal([2, 3], dtype: DType.F64)),
            new(new Scatter(1), random.Normal([2, 3], dtype: DType.F64), Tensor.From([1, 1, 0, 1, 2, 2, 2, 2], [2, 4]), random.Normal([2, 4], dtype: DType.F64)),
            new(new Scatter(0), random.Normal([3], dtype: DType.F64), Tensor.From<long>([], [0]), Tensor.Zeros([0], DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 2]).Scatter(0, Tensor.From([2L, 0], [1, 2]), Tensor.Zeros([1, 2])), "scatter: indices must be from 0 to 1, but the index at [0, 0] is 2."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 2]).Scatter(0, Tensor.From([1L, 0], [1, 2]), Tensor.Zeros([2])), "scatter: the source must have the shape of the indices, but it is [2] and the indices are [1, 2]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2]).Scatter(0, Tensor.From([1L]), Tensor.Zeros([1], DType.F64)), "scatter: the source must have x's element type, but it is F64 and x is F32."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Scatter"/> to tensors.</summary>
    public static class ScatterSyntax
    {
        extension(Tensor x)
        {
            /// <summary>A copy with one element written for each index, along one axis: <c>y[…, indices[…, i, …], …] = source[…, i, …]</c>.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or the shapes do not fit.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32, or the source is of another type than x.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
            [PyTorch("torch.scatter", Differs = "A copy. Of several values for one place the last stays, and it alone has a gradient; PyTorch promises none of them.")]
            public Tensor Scatter(int dim, Tensor indices, Tensor source) => new Ops.Scatter(x.Shape.Axis(dim, "scatter")).Apply(x, indices, source);

            /// <summary>A copy with one value written for each index, along one axis.</summary>
            /// <inheritdoc cref="Scatter(Tensor, int, Tensor, Tensor)"/>
            public Tensor Scatter(int dim, Tensor indices, double value)
            {
                ArgumentNullException.ThrowIfNull(indices);
                return x.Scatter(dim, indices, Tensor.Full(indices.Shape, value, x.DType));
            }
        }
    }
}
