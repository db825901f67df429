using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>Tensors joined one after the other along an axis that exists. Saves nothing.</summary>
    /// <remarks>The sizes of all other axes agree.</remarks>
    /// <param name="Dim">The axis.</param>
    [GradientRule("y = x₀, x₁, … one after the other", "dxᵢ = the part of dy where xᵢ went")]
    public sealed record Cat(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            long length = 0;
            foreach (Tensor x in inputs)
            {
                if (x.Rank != inputs[0].Rank || x.Shape.With(Dim, 0) != inputs[0].Shape.With(Dim, 0))
                    throw new ShapeException($"cat: shapes must agree outside the axis, but dim is {Dim} and they are {string.Join(" and ", inputs.ToArray().Select(t => t.Shape))}.");
                length += x.Shape[Dim];
            }

            outputs[0] = new(inputs[0].Shape.With(Dim, length), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            long start = 0;
            foreach (Tensor x in inputs)
            {
                StridedCopy.Run(x.Operand, outputs[0].Operand.Part(Dim, start, x.Shape[Dim]));
                start += x.Shape[Dim];
            }
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            long start = 0;
            for (int i = 0; i < input; i++) start += dy.InputShape(i)[Dim];
            return dy.Gradient.Slice(Dim, start, start + dy.InputShape(input)[Dim]);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain y = Plain.Zeros(inputs[0].Shape.With(Dim, inputs.Sum(x => x.Shape[Dim])));
            long start = 0;
            foreach (Plain x in inputs)
            {
                foreach (long[] index in Plain.Indices(x.Shape))
                {
                    long[] to = [.. index];
                    to[Dim] += start;
                    y[to] = x[index];
                }

                start += x.Shape[Dim];
            }

            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Cat(1), random.Normal([2, 3], dtype: DType.F64), random.Normal([2, 1], dtype: DType.F64), random.Normal([2, 4], dtype: DType.F64)),
            new(new Cat(0), random.Normal([2, 3], dtype: DType.F64), random.Normal([0, 3], dtype: DType.F64)),
            new(new Cat(2), random.Normal([2, 1, 3], dtype: DType.F64), random.Normal([2, 1, 5], dtype: DType.F64)),
            new(new Cat(0), random.Normal([1], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Cat([Tensor.Zeros([2, 3]), Tensor.Zeros([3, 3])], 1), "cat: shapes must agree outside the axis, but dim is 1 and they are [2, 3] and [3, 3]."),
            Misuse.Of<ArgumentException>(() => Tensor.Cat([]), "cat: there must be at least one tensor, but there is none."),
            Misuse.Of<ShapeException>(() => Tensor.Stack([Tensor.Zeros([2, 3]), Tensor.Zeros([2])]), "stack: shapes must be the same, but they are [2, 3] and [2]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds joining to tensors.</summary>
    public static class CatSyntax
    {
        extension(Tensor)
        {
            /// <summary>Tensors joined one after the other along an axis; their element types are promoted to a common one.</summary>
            /// <exception cref="ShapeException">The axis does not exist, or shapes differ outside it.</exception>
            /// <exception cref="ArgumentException">There is no tensor.</exception>
            [PyTorch("torch.cat", "torch.concat")]
            public static Tensor Cat(ReadOnlySpan<Tensor> tensors, int dim = 0)
            {
                Tensor[] inputs = Promoted(tensors, "cat");
                return new Ops.Cat(inputs[0].Shape.Axis(dim, "cat")).Apply(inputs);
            }

            /// <summary>Tensors of one shape joined along a new axis, inserted before <paramref name="dim"/>.</summary>
            /// <exception cref="ShapeException">The axis cannot be inserted, or shapes differ.</exception>
            /// <exception cref="ArgumentException">There is no tensor.</exception>
            [PyTorch("torch.stack")]
            public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int dim = 0)
            {
                Tensor[] inputs = Promoted(tensors, "stack");
                if (inputs.Any(x => x.Shape != inputs[0].Shape)) throw new ShapeException($"stack: shapes must be the same, but they are {string.Join(" and ", inputs.Select(t => t.Shape))}.");
                int axis = Ops.Reshape.InsertionAxis(inputs[0].Shape, dim, "stack");
                for (int i = 0; i < inputs.Length; i++) inputs[i] = inputs[i].Unsqueeze(axis);
                return new Ops.Cat(axis).Apply(inputs);
            }
        }

        static Tensor[] Promoted(ReadOnlySpan<Tensor> tensors, string operation)
        {
            if (tensors.IsEmpty) throw new ArgumentException($"{operation}: there must be at least one tensor, but there is none.");
            Tensor[] inputs = tensors.ToArray();
            foreach (Tensor input in inputs) ArgumentNullException.ThrowIfNull(input);
            DType dtype = inputs.Select(x => x.DType).Aggregate((a, b) => a.Promote(b));
            for (int i = 0; i < inputs.Length; i++) inputs[i] = inputs[i].To(dtype);
            return inputs;
        }
    }
}
