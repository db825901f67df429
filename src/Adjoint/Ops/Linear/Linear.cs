using Adjoint.Kernels;
using Adjoint.Kernels.Gemm;

namespace Adjoint.Ops
{
    /// <summary>An affine map of the last axis: <c>y = x·Wᵀ + b</c>.</summary>
    /// <remarks>
    /// Inputs: x [..., in], weight [out, in] and optionally bias [out]; y is [..., out]. The bias is added as the sums are written. BF16 and F16, also beside F32, are summed in F32 and rounded once.
    /// In BF16-mixed precision x and y are BF16, and the weight and the bias are read as they are: a low copy would cost time and memory, and round. Saves x where the weight wants a gradient, the weight where x does.
    /// </remarks>
    /// <param name="Type">The type of the result; the inputs' common one when omitted.</param>
    [GradientRule("y = x·Wᵀ + b", "dx = dy·W", "dW = dyᵀ·x", "db = Σ dy over the rows")]
    public sealed record Linear(DType? Type = null) : Op, ISampled
    {
        static readonly Linear OfBfloat16 = new(DType.BF16), OfFloat16 = new(DType.F16);

        internal static Linear Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Low;

        internal override Op InPrecision(DType low) => Type is not null ? this : low == DType.BF16 ? OfBfloat16 : OfFloat16;

        // F16 is that of everywhere, weights and their gradients included: what fits into its range here does so there.
        internal override bool KeepsType(int input, DType low) => input > 0 && low == DType.BF16;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = Sums(Name, inputs, Type);

        /// <summary>What x·Wᵀ + b will be, of an operation that makes it.</summary>
        internal static Spec Sums(string name, ReadOnlySpan<Tensor> inputs, DType? type)
        {
            Shape x = inputs[0].Shape, weight = inputs[1].Shape;
            DType common = Operands.FloatType(name, ["x", "weight", "bias"], inputs);
            if (weight.Rank != 2) throw new ShapeException($"{name}: weight must have the axes [out, in], but weight is {weight}.");
            if (x.Rank == 0 || x[^1] != weight[1]) throw new ShapeException($"{name}: the last axis of x must equal the columns of weight, but x is {x} and weight is {weight}.");
            if (inputs.Length > 2 && !(inputs[2].Rank == 1 && inputs[2].Shape[0] == weight[0]))
                throw new ShapeException($"{name}: bias must have one element for each row of weight, but bias is {inputs[2].Shape} and weight is {weight}.");
            return new(x.With(x.Rank - 1, weight[0]), type ?? common);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * outputs[0].Shape.Elements * inputs[1].Shape[1];

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            Tensor y = outputs[0];
            if (y.Elements == 0) return;
            using Scope scope = Scope.Begin("linear");
            DType compute = y.DType.Promote(inputs[0].DType).Promote(inputs[1].DType).Compute;
            Kernels.Elementwise.Slot* operands = stackalloc Kernels.Elementwise.Slot[2];
            Epilogue rounding = Epilogue.Storing(y.Data, y.DType, compute, y.Shape[^1], y.Elements, operands);
            Product(inputs, y, y.DType == compute ? y.Data : null, compute, y.DType == compute ? null : &rounding);
        }

        /// <summary>x·Wᵀ + b in F32 or F64, of the shape of y, and what follows from it: where that is all that is wanted, <paramref name="sums"/> is null.</summary>
        internal static unsafe void Product(ReadOnlySpan<Tensor> inputs, Tensor y, void* sums, DType compute, Epilogue* after)
        {
            Tensor x = inputs[0], weight = inputs[1];
            // F32 reads halves as they are; F64 reads nothing else.
            if (compute == DType.F64) (x, weight) = (x.Converted(compute), weight.Converted(compute));
            if (RowStride(x) is null) x = x.Packed(x.DType);
            Tensor? bias = inputs.Length > 2 ? inputs[2].Packed(compute) : null;
            long n = y.Shape[^1], m = y.Elements / n, k = x.Shape[^1];
            void* added = bias is null ? null : bias.Data;
            if (compute == DType.F64) Gemm.Affine(m, n, k, Rows<double>(x), Columns<double>(weight), (double*)added, (double*)sums, n, after);
            else Gemm.Affine(m, n, k, Rows<float>(x), Columns<float>(weight), (float*)added, (float*)sums, n, after);
        }

        static unsafe Matrix<T> Rows<T>(Tensor x) => new(x.Data, x.DType, RowStride(x)!.Value, x.Strides[^1]);

        static unsafe Matrix<T> Columns<T>(Tensor weight) => new(weight.Data, weight.DType, weight.Strides[1], weight.Strides[0]);

        /// <summary>The distance between the rows that the leading axes enumerate, or null where it is not one number.</summary>
        static long? RowStride(Tensor x)
        {
            if (x.Elements == 0) return 0;
            long stride = 0, rows = 1;
            for (int i = x.Rank - 2; i >= 0; i--)
            {
                if (x.Shape[i] == 1) continue;
                if (rows == 1) stride = x.Strides[i];
                else if (x.Strides[i] != stride * rows) return null;
                rows *= x.Shape[i];
            }

            return stride;
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            bool biased = x.Count > 2, apart = biased && (x.IsMapped(1) || x.IsMapped(2));
            Tensor? bias = apart ? x.Aligned(2, x.Shape(0).Rank) : null;
            if (!x.IsMapped(1))
            {
                Tensor y = ApplyWithHidden(biased && !apart ? [x.All(0), x[1], x[2]] : [x.All(0), x[1]])[0];
                return [bias is null ? y : y + bias];
            }

            // A matrix for each item: a stack of products.
            Shape one = x.Shape(0), result = one.With(one.Rank - 1, x.Shape(1)[0]);
            long count = one.Elements == 0 ? result.Elements / Math.Max(result[^1], 1) : one.Elements / one[^1];
            Tensor rows = x.IsMapped(0) ? x[0].Reshape(x.Size, count, one[^1]) : x[0].Reshape(count, one[^1]);
            Tensor all = new MatMul(Type).Apply(rows, x[1].T).Reshape([x.Size, .. result]);
            return [bias is null ? all : all + bias];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input < 2 ? Saves.Input(1 - input) : Saves.Nothing;

        // The bias was broadcast over the rows; the engine sums its gradient back.
        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => input switch
        {
            0 => SlopeOfRows(dy.Gradient, dy.Input(1), dy.InputType(0)),
            1 => SlopeOfWeight(dy.Gradient, dy.Input(0), dy.InputType(1)),
            _ => dy.Gradient,
        };

        internal static Tensor SlopeOfRows(Tensor dy, Tensor weight, DType type) =>
            dy.Rank == 1 ? MatMul.Of(type).Apply(dy.Rows(), weight).Squeeze(0) : MatMul.Of(type).Apply(dy, weight);

        internal static Tensor SlopeOfWeight(Tensor dy, Tensor x, DType type) => MatMul.Of(type).Apply(dy.Rows().T, x.Rows());

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain x = inputs[0], weight = inputs[1];
            return
            [
                Plain.Make(x.Shape.With(x.Shape.Rank - 1, weight.Shape[0]), index =>
                {
                    double sum = inputs.Length > 2 ? inputs[2].Values[index[^1]] : 0;
                    long[] at = [.. index];
                    for (long k = 0; k < weight.Shape[1]; k++)
                    {
                        at[^1] = k;
                        sum += x[at] * weight[index[^1], k];
                    }

                    return sum;
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Shape[] shapes = [[6, 4], [2, 3, 4], [4], [1, 4], [0, 4], [37, 4]];
            foreach (Shape shape in shapes)
            {
                Tensor x = random.Normal(shape, dtype: DType.F64), weight = random.Normal([5, 4], dtype: DType.F64);
                yield return new(Instance, x, weight, random.Normal([5], dtype: DType.F64));
                yield return new(Instance, x, weight);
            }

            yield return new(Instance, random.Normal([3, 2, 0], dtype: DType.F64), random.Normal([5, 0], dtype: DType.F64), random.Normal([5], dtype: DType.F64));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Linear(Tensor.Zeros([4, 5])), "linear: the last axis of x must equal the columns of weight, but x is [2, 3] and weight is [4, 5]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Linear(Tensor.Zeros([3])), "linear: weight must have the axes [out, in], but weight is [3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 5]).Linear(Tensor.Zeros([4, 5]), Tensor.Zeros([5])), "linear: bias must have one element for each row of weight, but bias is [5] and weight is [4, 5]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 5], DType.I64).Linear(Tensor.Zeros([4, 5])), "linear: elements must be floating-point numbers, but x is I64 and weight is F32. Hint: convert with To."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Linear"/> to tensors.</summary>
    public static class LinearSyntax
    {
        extension(Tensor x)
        {
            /// <summary>An affine map of the last axis: <c>y = x·Wᵀ + b</c>, [..., in] to [..., out].</summary>
            /// <param name="weight">[out, in].</param>
            /// <param name="bias">[out], or none.</param>
            /// <exception cref="ShapeException">The last axis of x, the weight and the bias do not fit.</exception>
            /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
            [PyTorch("torch.nn.functional.linear")]
            public Tensor Linear(Tensor weight, Tensor? bias = null)
            {
                ArgumentNullException.ThrowIfNull(weight);
                return bias is null ? Ops.Linear.Instance.Apply(x, weight) : Ops.Linear.Instance.Apply(x, weight, bias);
            }
        }
    }
}
