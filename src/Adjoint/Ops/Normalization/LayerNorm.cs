namespace Adjoint.Ops
{
    /// <summary>Layer normalisation over the last axes: <c>y = (x − mean) / √(var + ε) · w + b</c>.</summary>
    /// <remarks>
    /// Inputs: x, then weight and bias where given, of the normalised shape. Saves x, weight, and mean and 1/√(var + ε) a row. BF16 and F16, also beside F32, are computed in F32 and rounded once.
    /// In BF16-mixed precision y is BF16 for an x of F32 too, which nobody has to round then.
    /// Source: Ba, Kiros and Hinton 2016, eq. 4.
    /// </remarks>
    /// <param name="Normalized">The shape of the last axes, which are normalised together.</param>
    /// <param name="Epsilon">ε, added under the root.</param>
    /// <param name="Weighted">Whether a weight is given.</param>
    /// <param name="Biased">Whether a bias is given.</param>
    /// <param name="Type">The type of the result; x's when omitted.</param>
    [GradientRule("y = w · x̂ + b, x̂ = (x − mean) / √(var + ε) over the last axes", "dx = (g − mean(g) − x̂ · mean(g·x̂)) / √(var + ε), g = dy·w", "dw = Σ dy·x̂", "db = Σ dy")]
    public sealed record LayerNorm(Shape Normalized, double Epsilon, bool Weighted, bool Biased, DType? Type = null) : Op, ISampled
    {
        /// <inheritdoc/>
        public override int OutputCount => 3;

        /// <inheritdoc/>
        public override int HiddenOutputs => 2;

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
            outputs[1] = outputs[2] = new(rows, x.DType.ComputeType());
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements * (6 + (Weighted ? 1 : 0) + (Biased ? 1 : 0));

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            DType compute = inputs[0].DType.ComputeType();
            Tensor x = inputs[0].InOrder();
            Tensor? weight = Weighted ? inputs[1].Packed(compute) : null, bias = Biased ? inputs[^1].Packed(compute) : null;
            long count = outputs[1].Elements;
            if (compute == DType.F64) Kernels.Normalization.LayerNorm.Forward(x.Stored<double>(), (double*)Pointer(weight), (double*)Pointer(bias), outputs[0].Stored<double>(), (double*)outputs[1].Data, (double*)outputs[2].Data, count, Normalized.Elements, Epsilon);
            else Kernels.Normalization.LayerNorm.Forward(x.Stored<float>(), (float*)Pointer(weight), (float*)Pointer(bias), outputs[0].Stored<float>(), (float*)outputs[1].Data, (float*)outputs[2].Data, count, Normalized.Elements, Epsilon);

            static void* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Data;
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            bool own = false;
            for (int i = 1; i < x.Count; i++) own |= x.IsMapped(i);
            if (!own) return ApplyWithHidden([x.All(0), .. Enumerable.Range(1, x.Count - 1).Select(i => x[i])]);
            DType type = x[0].DType;
            Tensor[] plain = (this with { Weighted = false, Biased = false, Type = type.ComputeType() }).ApplyWithHidden(x.All(0));
            int rank = x.Shape(0).Rank;
            Tensor y = plain[0];
            if (Weighted) y *= x.Aligned(1, rank);
            if (Biased) y += x.Aligned(x.Count - 1, rank);
            return [y.To(Type ?? type), plain[1], plain[2]];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => IsBias(input)
            ? Saves.Nothing
            : Saves.Input(0) | Saves.Output(1) | Saves.Output(2) | (Weighted ? Saves.Input(1) : Saves.Nothing);

        bool IsBias(int input) => Biased && input == (Weighted ? 2 : 1);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
        {
            if (!dy.IsNeeded(0) && !(Weighted && dy.IsNeeded(1)))
            {
                dx[^1] = dy.Gradient.To(dy.InputType(dx.Length - 1));      // the engine sums it over the rows
                return;
            }

            Tensor[] values = [dy.Gradient, dy.Input(0), dy.Output(1), dy.Output(2)];
            new LayerNormBackward(Normalized, Epsilon, Weighted, Biased).ApplyAll(Weighted ? [.. values, dy.Input(1)] : values).CopyTo(dx!);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain? weight = Weighted ? inputs[1] : null;
            Plain? bias = Biased ? inputs[^1] : null;
            Shape shape = inputs[0].Shape;
            return
            [
                Groups.Along(inputs[0], Axes.Of([.. Enumerable.Range(shape.Rank - Normalized.Rank, Normalized.Rank)], shape, Name), g =>
                {
                    double mean = g.Average();
                    double scale = 1 / Math.Sqrt(g.Average(v => (v - mean) * (v - mean)) + Epsilon);
                    return [.. g.Select((v, i) => ((v - mean) * scale * (weight is null ? 1 : weight.Values[i])) + (bias is null ? 0 : bias.Values[i]))];
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, 0.5, dtype: DType.F64);
            yield return new(new LayerNorm([7], 1e-5, true, true), Draw([2, 3, 7]), Draw([7]), Draw([7]));
            yield return new(new LayerNorm([37], 1e-5, true, false), Draw([5, 37]), Draw([37]));
            yield return new(new LayerNorm([3, 5], 1e-5, false, false), Draw([2, 3, 5]));
            yield return new(new LayerNorm([5], 1e-3, false, true), Draw([40, 5]), Draw([5]));
            yield return new(new LayerNorm([4], 1e-5, true, true), Draw([0, 4]), Draw([4]), Draw([4]));
            yield return new(new LayerNorm([9], 1e-5, true, true, DType.F64), Draw([3, 9]), Draw([9]), Draw([9]));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).LayerNorm([4]), "layer_norm: the last axes of x must be the normalised shape, but x is [2, 3] and the normalised shape is [4]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).LayerNorm([3], Tensor.Zeros([1])), "layer_norm: weight and bias must have the normalised shape, but one is [1] and the normalised shape is [3]."),
            Misuse.Of<DTypeException>(() => new LayerNorm([3], 1e-5, false, false, DType.I64).Apply(Tensor.Zeros([2, 3])), "layer_norm: the result must be of a floating-point type, but Type is I64."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.LayerNorm"/> to tensors.</summary>
    public static class LayerNormSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Layer normalisation over the last axes: <c>y = (x − mean) / √(var + ε) · w + b</c>.</summary>
            /// <param name="normalizedShape">The shape of the last axes, which are normalised together.</param>
            /// <param name="weight">w, of the normalised shape; none means 1.</param>
            /// <param name="bias">b, of the normalised shape; none means 0.</param>
            /// <param name="epsilon">ε, added under the root.</param>
            /// <exception cref="ShapeException">The shapes do not fit.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            [PyTorch("torch.nn.functional.layer_norm")]
            public Tensor LayerNorm(Shape normalizedShape, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
            {
                var op = new LayerNorm(normalizedShape, epsilon, weight is not null, bias is not null);
                return (weight, bias) switch
                {
                    (null, null) => op.Apply(x),
                    (null, _) => op.Apply(x, bias),
                    (_, null) => op.Apply(x, weight),
                    _ => op.Apply(x, weight, bias),
                };
            }
        }
    }
}
