namespace Adjoint.Ops
{
    /// <summary>Matrix product over the last two axes: <c>y = a·b</c>.</summary>
    /// <remarks>
    /// a: [..., m, k], b: [..., k, n], y: [..., m, n]; leading axes broadcast. Strides of any kind are read in place, so a
    /// transpose costs nothing. BF16 and F16, also beside F32, are summed in F32 and rounded once. Saves, for each input's gradient, the other input.
    /// </remarks>
    /// <param name="Type">The type of the result; the inputs' common one when omitted.</param>
    [GradientRule("y = a·b", "da = dy·bᵀ", "db = aᵀ·dy")]
    public sealed record MatMul(DType? Type = null) : Op, ISampled
    {
        static readonly MatMul[] OfTypes = [new(DType.F64), new(DType.F32), new(DType.BF16), new(DType.F16)];

        internal static MatMul Instance { get; } = new();

        /// <summary>With a result of a floating-point type.</summary>
        internal static MatMul Of(DType type) => OfTypes[(int)type];

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Low;

        /// <inheritdoc/>
        public override string Name => "matmul";

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Shape a = inputs[0].Shape, b = inputs[1].Shape;
            if (a.Rank < 2 || b.Rank < 2) throw new ShapeException($"matmul: the operation takes matrices, but a is {a} and b is {b}. Hint: Tensor.MatMul takes vectors too.");
            Shape stack = Check(inputs[0], inputs[1]);
            outputs[0] = new(Shape.Create([.. stack.Sizes, a[^2], b[^1]]), Type ?? Operands.FloatType(Name, ["a", "b"], inputs));
        }

        /// <summary>Checks two operands of any rank.</summary>
        /// <returns>The leading axes of the result.</returns>
        internal static Shape Check(Tensor x, Tensor y)
        {
            Shape a = x.Shape, b = y.Shape;
            Operands.FloatType("matmul", ["a", "b"], [x, y]);
            if (a.Rank == 0 || b.Rank == 0) throw new ShapeException($"matmul: a and b must have axes, but a is {a} and b is {b}. Hint: multiply by a single value with *.");
            if (a[^1] != b[b.Rank == 1 ? 0 : b.Rank - 2]) throw new ShapeException($"matmul: columns of a must equal rows of b, but a is {a} and b is {b}.");
            return Shape.Broadcast(Leading(a), Leading(b)) ?? throw new ShapeException(
                $"matmul: the axes before the last two must agree or broadcast (aligned at the last of them, sizes equal or 1), but a is {a} and b is {b}.");
        }

        static Shape Leading(Shape shape) => shape.Rank <= 2 ? Shape.Scalar : Shape.Create(shape.Sizes.AsSpan(0, shape.Rank - 2));

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * outputs[0].Shape.Elements * inputs[0].Shape[^1];

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin("matmul");
            Tensor y = outputs[0];
            StackedProduct.Run(inputs[0], inputs[1], y, y.DType.Promote(inputs[0].DType).Promote(inputs[1].DType).Compute);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            int rank = Math.Max(x.Shape(0).Rank, x.Shape(1).Rank);
            return ApplyWithHidden(x.Aligned(0, rank), x.Aligned(1, rank));
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(1 - input);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            MatMul product = Of(dy.InputType(input));
            if (input == 0) return product.Apply(dy.Gradient, dy.Input(1).T);
            Tensor a = dy.Input(0);
            if (a.Rank == 2 || dy.InputShape(1).Rank > 2) return product.Apply(a.T, dy.Gradient);

            // One matrix b for a whole stack: the sum over the stack is a longer sum over rows, one product.
            return product.Apply(a.Rows().T, dy.Gradient.Rows());
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain a = inputs[0], b = inputs[1];
            Shape stack = Shape.Broadcast(Leading(a.Shape), Leading(b.Shape))!;
            return
            [
                Plain.Make(Shape.Create([.. stack, a.Shape[^2], b.Shape[^1]]), index =>
                {
                    long[] atA = [.. index], atB = [.. index];
                    double sum = 0;
                    for (long k = 0; k < a.Shape[^1]; k++)
                    {
                        atA[^1] = atB[^2] = k;
                        sum += a[atA.AsSpan(index.Length - a.Shape.Rank)] * b[atB.AsSpan(index.Length - b.Shape.Rank)];
                    }

                    return sum;
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            (Shape A, Shape B)[] shapes =
            [
                ([3, 4], [4, 5]), ([1, 7], [7, 1]), ([17, 33], [33, 19]), ([2, 3, 4], [4, 5]), ([3, 4], [2, 4, 5]),
                ([2, 1, 3, 4], [5, 4, 2]), ([2, 3, 2, 5], [2, 3, 5, 3]), ([2, 0], [0, 3]), ([0, 3], [3, 2]),
            ];
            foreach ((Shape a, Shape b) in shapes) yield return new(Instance, random.Normal(a, dtype: DType.F64), random.Normal(b, dtype: DType.F64));
            yield return new(Instance, random.Normal([3, 2, 4], dtype: DType.F64).Permute(1, 2, 0), random.Normal([5, 3], dtype: DType.F64).T);
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3, 4]).MatMul(Tensor.Zeros([5, 6])), "matmul: columns of a must equal rows of b, but a is [3, 4] and b is [5, 6]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3]).MatMul(Tensor.Zeros([4])), "matmul: columns of a must equal rows of b, but a is [3] and b is [4]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3, 4]).MatMul(Tensor.Zeros([])), "matmul: a and b must have axes, but a is [3, 4] and b is []. Hint: multiply by a single value with *."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3, 4]).MatMul(Tensor.Zeros([3, 4, 5])), "matmul: the axes before the last two must agree or broadcast (aligned at the last of them, sizes equal or 1), but a is [2, 3, 4] and b is [3, 4, 5]."),
            Misuse.Of<ShapeException>(() => Instance.Apply(Tensor.Zeros([4]), Tensor.Zeros([4])), "matmul: the operation takes matrices, but a is [4] and b is [4]. Hint: Tensor.MatMul takes vectors too."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 2], DType.I64).MatMul(Tensor.Zeros([2, 2])), "matmul: elements must be floating-point numbers, but a is I64 and b is F32. Hint: convert with To."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds the matrix product to tensors.</summary>
    public static class MatMulSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The matrix product <c>x·other</c>: [..., m, k]·[..., k, n] is [..., m, n], leading axes broadcast.</summary>
            /// <remarks>A vector on the left is a row, on the right a column, and its axis is missing in the result: [k]·[k] is a single value.</remarks>
            /// <exception cref="ShapeException">Columns and rows differ, leading axes do not broadcast, or an operand has no axes.</exception>
            /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
            [PyTorch("torch.matmul", "torch.mm", "torch.bmm", "torch.mv", "torch.dot", "torch.Tensor.__matmul__", Differs = "C# has no `@`. One method for vectors, matrices and stacks of them.")]
            public Tensor MatMul(Tensor other)
            {
                ArgumentNullException.ThrowIfNull(other);
                if (x.Rank >= 2 && other.Rank >= 2) return Ops.MatMul.Instance.Apply(x, other);
                Ops.MatMul.Check(x, other);
                Tensor y = Ops.MatMul.Instance.Apply(x.Rank == 1 ? x.Unsqueeze(0) : x, other.Rank == 1 ? other.Unsqueeze(1) : other);
                Shape shape = other.Rank == 1 ? y.Shape.Without(y.Rank - 1) : y.Shape;
                return y.Reshape(x.Rank == 1 ? shape.Without(y.Rank - 2) : shape);
            }

            /// <summary>All axes but the last joined: [..., c] as [rows, c].</summary>
            internal Tensor Rows()
            {
                long rows = 1;
                for (int i = 0; i < x.Rank - 1; i++) rows *= x.Shape[i];
                return x.Reshape(rows, x.Shape[^1]);
            }
        }
    }
}
