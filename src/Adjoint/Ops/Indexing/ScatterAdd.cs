using Adjoint.Kernels;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>One element added for each index, along one axis: <c>y = x; y[…, indices[…, i, …], …] += source[…, i, …]</c>.</summary>
    /// <remarks>Sums are made in the order of the axis, whatever the number of threads; half types are summed in F32. Saves the indices.</remarks>
    /// <param name="Dim">The axis.</param>
    [GradientRule("y = x, then y[index[i]] += s[i]", "dx = dy", "ds[i] = dy[index[i]]")]
    public sealed record ScatterAdd(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Scatter.CheckSource(inputs[0], inputs[1], inputs[2], Dim, Name);
            if (inputs[0].DType == DType.Bool) throw new DTypeException("scatter_add: x must hold numbers, but it is Bool.");
            outputs[0] = inputs[0].Spec;
        }

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            using NoGrad off = NoGrad.Scope();
            DType sums = outputs[0].DType is DType.BF16 or DType.F16 ? DType.F32 : outputs[0].DType;
            Tensor result = sums == outputs[0].DType ? outputs[0] : Tensor.Allocate(outputs[0].Shape, sums);
            Tensor start = inputs[0].To(sums), source = inputs[2].To(sums), index = Indices.Within(inputs[1], start.Shape[Dim], Name);
            StridedCopy.Run(start.Operand, result.Operand);
            Add(result.Operand, index.Operand, source.Operand);
            if (!ReferenceEquals(result, outputs[0])) outputs[0].CopyFrom(result);
        }

        void Add(in Operand y, in Operand index, in Operand source)
        {
            switch (y.DType)
            {
                case DType.F64: IndexedLines<double, ScatterAddElement<double>>.Run(y, index, source, Dim); break;
                case DType.F32: IndexedLines<float, ScatterAddElement<float>>.Run(y, index, source, Dim); break;
                case DType.I64: IndexedLines<long, ScatterAddElement<long>>.Run(y, index, source, Dim); break;
                case DType.I32: IndexedLines<int, ScatterAddElement<int>>.Run(y, index, source, Dim); break;
                default: IndexedLines<byte, ScatterAddElement<byte>>.Run(y, index, source, Dim); break;
            }
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 2 ? Saves.Input(1) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => input switch
        {
            0 => dy.Gradient,
            2 => new Gather(Dim).Apply(dy.Gradient, dy.Input(1)),
            _ => null,
        };

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            var y = new Plain(inputs[0].Shape, [.. inputs[0].Values]);
            foreach (long[] index in Plain.Indices(inputs[1].Shape))
            {
                long[] to = [.. index];
                to[Dim] = (long)inputs[1][index];
                y[to] += inputs[2][index];
            }

            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new ScatterAdd(1), random.Normal([3, 4], dtype: DType.F64), random.Integers([3, 6], 0, 4), random.Normal([3, 6], dtype: DType.F64)),
            new(new ScatterAdd(0), random.Normal([5, 3, 4], dtype: DType.F64), random.Integers([2, 3, 2], 0, 5, DType.I32), random.Normal([2, 3, 2], dtype: DType.F64)),
            new(new ScatterAdd(0), random.Normal([3], dtype: DType.F64), Tensor.From<long>([], [0]), Tensor.Zeros([0], DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 2]).ScatterAdd(1, Tensor.From([0L, -1], [2, 1]), Tensor.Zeros([2, 1])), "scatter_add: indices must be from 0 to 1, but the index at [1, 0] is -1."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2], DType.Bool).ScatterAdd(0, Tensor.From([0L]), Tensor.Zeros([1], DType.Bool)), "scatter_add: x must hold numbers, but it is Bool."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.ScatterAdd"/> to tensors.</summary>
    public static class ScatterAddSyntax
    {
        extension(Tensor x)
        {
            /// <summary>A copy with one element added for each index, along one axis: <c>y[…, indices[…, i, …], …] += source[…, i, …]</c>.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or the shapes do not fit.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32, the source is of another type than x, or x is Bool.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
            [PyTorch("torch.scatter_add", Differs = "A copy. Sums are made in the order of the indices: the same bits on any number of threads.")]
            public Tensor ScatterAdd(int dim, Tensor indices, Tensor source) => new Ops.ScatterAdd(x.Shape.Axis(dim, "scatter_add")).Apply(x, indices, source);
        }
    }
}
