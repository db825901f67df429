namespace Adjoint.Ops
{
    /// <summary>RMS normalisation over the last axes: <c>y = x / √(mean(x²) + ε) · w</c>.</summary>
    /// <remarks>
    /// Inputs: x, then weight where given, of the normalised shape. Saves x, weight, and one number a row. BF16 and F16, also beside F32, are computed in F32 and rounded once.
    /// In BF16-mixed precision y is BF16 for an x of F32 too, which nobody has to round then.
    /// Source: Zhang and Sennrich 2019, eq. 4.
    /// </remarks>
    /// <param name="Normalized">The shape of the last axes, which are normalised together.</param>
    /// <param name="Epsilon">ε, added under the root.</param>
    /// <param name="Weighted">Whether a weight is given.</param>
    /// <param name="Type">The type of the result; x's when omitted.</param>
    [GradientRule("y = w · x / √(mean(x²) + ε)", "dx = (g − x̂ · mean(g·x̂)) / √(mean(x²) + ε), g = dy·w, x̂ = y/w", "dw = Σ dy·x̂")]
    public sealed record RmsNorm(Shape Normalized, double Epsilon, bool Weighted, DType? Type = null) : Op, ISampled
    {
        /// <inheritdoc/>
        public override int OutputCount => 2;

        /// <inheritdoc/>
        public override int HiddenOutputs => 1;

        // In F16 y stays F32, and what takes it rounds: its range is what people who use it want to see.
        internal override Op InPrecision(DType low) => Type is null && low == DType.BF16 ? this with { Type = low } : this;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Tensor x = inputs[0];
            x.MustBeFloat(Name);
            KernelTypes.ResultMustBeFloat(Name, Type);
            int outer = x.Rank - Normalized.Rank;
            if (Normalized.Rank == 0 || outer < 0 || !x.Shape.Skip(outer).SequenceEqual(Normalized))
                throw new ShapeException($"{Name}: the last axes of x must be the normalised shape, but x is {x.Shape} and the normalised shape is {Normalized}.");
            foreach (Tensor parameter in inputs[1..])
                if (parameter.Shape != Normalized) throw new ShapeException($"{Name}: weight and bias must have the normalised shape, but one is {parameter.Shape} and the normalised shape is {Normalized}.");
            Shape rows = Shape.Create(x.Shape.Sizes.AsSpan(0, outer));
            outputs[0] = new(x.Shape, Type ?? x.DType);
            outputs[1] = new(rows, x.DType.ComputeType());
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements * (Weighted ? 4 : 3);

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            DType compute = inputs[0].DType.ComputeType();
            Tensor x = inputs[0].InOrder();
            Tensor? weight = Weighted ? inputs[1].Packed(compute) : null;
            long count = outputs[1].Elements;
            if (compute == DType.F64) Kernels.Normalization.LayerNorm.Forward(x.Stored<double>(), (double*)Pointer(weight), null, outputs[0].Stored<double>(), null, (double*)outputs[1].Data, count, Normalized.Elements, Epsilon);
            else Kernels.Normalization.LayerNorm.Forward(x.Stored<float>(), (float*)Pointer(weight), null, outputs[0].Stored<float>(), null, (float*)outputs[1].Data, count, Normalized.Elements, Epsilon);

            static void* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Data;
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            if (!Weighted || !x.IsMapped(1)) return ApplyWithHidden(Weighted ? [x.All(0), x[1]] : [x.All(0)]);
            DType type = x[0].DType;
            Tensor[] plain = (this with { Weighted = false, Type = type.ComputeType() }).ApplyWithHidden(x.All(0));
            return [(plain[0] * x.Aligned(1, x.Shape(0).Rank)).To(Type ?? type), plain[1]];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) =>
            Saves.Input(0) | Saves.Output(1) | (Weighted ? Saves.Input(1) : Saves.Nothing);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
        {
            Tensor[] values = [dy.Gradient, dy.Input(0), dy.Output(1)];
            new RmsNormBackward(Normalized, Epsilon, Weighted).ApplyAll(Weighted ? [.. values, dy.Input(1)] : values).CopyTo(dx!);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain? weight = Weighted ? inputs[1] : null;
            Shape shape = inputs[0].Shape;
            return
            [
                Groups.Along(inputs[0], Axes.Of([.. Enumerable.Range(shape.Rank - Normalized.Rank, Normalized.Rank)], shape, Name), g =>
                {
                    const double mean = 0;
                    double scale = 1 / Math.Sqrt(g.Average(v => (v - mean) * (v - mean)) + Epsilon);
                    return [.. g.Select((v, i) => ((v - mean) * scale * (weight is null ? 1 : weight.Values[i])))];
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, 0.5, dtype: DType.F64);
            yield return new(new RmsNorm([7], 1e-6, true), Draw([2, 3, 7]), Draw([7]));
            yield return new(new RmsNorm([37], 1e-6, true), Draw([5, 37]), Draw([37]));
            yield return new(new RmsNorm([3, 5], 1e-5, false), Draw([2, 3, 5]));
            yield return new(new RmsNorm([4], 1e-6, true), Draw([0, 4]), Draw([4]));
            yield return new(new RmsNorm([9], 1e-6, true, DType.F64), Draw([3, 9]), Draw([9]));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).RmsNorm([4]), "rms_norm: the last axes of x must be the normalised shape, but x is [2, 3] and the normalised shape is [4]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).RmsNorm([3], Tensor.Zeros([1])), "rms_norm: weight and bias must have the normalised shape, but one is [1] and the normalised shape is [3]."),
            Misuse.Of<DTypeException>(() => new RmsNorm([3], 1e-6, false, DType.I64).Apply(Tensor.Zeros([2, 3])), "rms_norm: the result must be of a floating-point type, but Type is I64."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.RmsNorm"/> to tensors.</summary>
    public static class RmsNormSyntax
    {
        extension(Tensor x)
        {
            /// <summary>RMS normalisation over the last axes: <c>y = x / √(mean(x²) + ε) · w</c>.</summary>
            /// <param name="normalizedShape">The shape of the last axes, which are normalised together.</param>
            /// <param name="weight">w, of the normalised shape; none means 1.</param>
            /// <param name="epsilon">ε, added under the root.</param>
            /// <exception cref="ShapeException">The shapes do not fit.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            [PyTorch("torch.nn.functional.rms_norm", Differs = "`epsilon` is 1e-6; PyTorch takes the type's machine precision when none is given (1.2e-7 for F32).")]
            public Tensor RmsNorm(Shape normalizedShape, Tensor? weight = null, double epsilon = 1e-6)
            {
                var op = new RmsNorm(normalizedShape, epsilon, weight is not null);
                return weight is null ? op.Apply(x) : op.Apply(x, weight);
            }
        }
    }
}
