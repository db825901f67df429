namespace Adjoint.Ops
{
    /// <summary>Batch normalisation in training: over everything but axis 1, <c>y = (x − mean) / √(var + ε) · w + b</c>.</summary>
    /// <remarks>
    /// Inputs: x [N, C, …], then weight and bias [C] where given. An activation f, where given, follows while y is in the cache, and y is f of it. Outputs: y, the batch's mean [C] and biased variance [C], from
    /// which running statistics are kept. Saves x, weight, mean and 1/√(var + ε), and y where there is an activation.
    /// Source: Ioffe and Szegedy 2015, algorithm 1.
    /// </remarks>
    /// <param name="Epsilon">ε, added under the root.</param>
    /// <param name="Weighted">Whether a weight is given.</param>
    /// <param name="Biased">Whether a bias is given.</param>
    /// <param name="Activation">f, whose slope is known from y; or null.</param>
    [GradientRule("y = w · x̂ + b, x̂ = (x − mean) / √(var + ε) over the batch", "dx = (g − mean(g) − x̂ · mean(g·x̂)) / √(var + ε), g = dy·w", "dw = Σ dy·x̂", "db = Σ dy")]
    public sealed record BatchNorm(double Epsilon, bool Weighted, bool Biased, Elementwise? Activation = null) : Op, ISampled
    {
        /// <inheritdoc/>
        public override int OutputCount => 4;

        /// <inheritdoc/>
        public override int HiddenOutputs => 1;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Tensor x = inputs[0];
            x.MustBeFloat(Name);
            if (Activation is not null && Activation.SlopeFromResult is null) throw new GraphException($"{Name}: the slope of an activation must be known from its result, but that of '{Activation.Name}' is not. Hint: apply it afterwards.");
            if (x.Rank < 2) throw new ShapeException($"{Name}: x must be [N, C] or [N, C, …], but it is {x.Shape}.");
            if (x.Elements / Math.Max(x.Shape[1], 1) < 2 && x.Shape[1] > 0) throw new ShapeException($"{Name}: there must be more than one value a channel to normalise with, but x is {x.Shape}. Hint: use larger batches, or the running statistics.");
            foreach (Tensor parameter in inputs[1..])
                if (parameter.Rank != 1 || parameter.Elements != x.Shape[1]) throw new ShapeException($"{Name}: weight and bias must be [C], but one is {parameter.Shape} and x is {x.Shape}.");
            outputs[0] = x.Spec;
            outputs[1] = outputs[2] = outputs[3] = new([x.Shape[1]], x.DType.ComputeType());
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements * (6 + (Weighted ? 1 : 0) + (Biased ? 1 : 0));

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            var form = new ChannelForm(inputs[0].Shape);
            Tensor x = form.Read(inputs[0]), y = form.Target(outputs[0]);
            Tensor? weight = Weighted ? inputs[1].ForKernel().To(x.DType) : null, bias = Biased ? inputs[^1].ForKernel().To(x.DType) : null;
            Kernels.Formulas.Kernel? after = Activation?.Loop(x.DType, x.Elements);
            if (x.DType == DType.F64) Kernels.Normalization.BatchNorm.Forward((double*)x.Data, (double*)Pointer(weight), (double*)Pointer(bias), (double*)y.Data, (double*)outputs[1].Data, (double*)outputs[2].Data, (double*)outputs[3].Data, form.Batch, form.Channels, form.Spatial, Epsilon, after);
            else Kernels.Normalization.BatchNorm.Forward((float*)x.Data, (float*)Pointer(weight), (float*)Pointer(bias), (float*)y.Data, (float*)outputs[1].Data, (float*)outputs[2].Data, (float*)outputs[3].Data, form.Batch, form.Channels, form.Spatial, Epsilon, after);
            form.Store(y, outputs[0]);

            static void* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Data;
        }

        Saves OfActivation => Activation is null ? Saves.Nothing : Saves.Output(0);

        bool IsBias(int input) => Biased && input == (Weighted ? 2 : 1);

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => IsBias(input)
            ? OfActivation
            : OfActivation | Saves.Input(0) | Saves.Output(1) | Saves.Output(3) | (Weighted ? Saves.Input(1) : Saves.Nothing);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
        {
            int rank = dy.InputShape(0).Rank;
            if (!dy.IsNeeded(0) && !(Weighted && dy.IsNeeded(1)))
            {
                if (dy.Has(0)) dx[^1] = (Activation is null ? dy.Gradient : new Map(Activation.SlopeFromResult!).Apply(dy.Output(0), dy.Gradient)).Sum(ChannelForm.Others(rank));
                return;
            }

            Tensor x = dy.Input(0), mean = dy.Output(1);
            List<Tensor> values = [dy.Gradient, x, mean, dy.Output(3)];
            if (Weighted) values.Add(dy.Input(1));
            if (Activation is not null) values.Add(dy.Output(0));
            new BatchNormBackward(Epsilon, Weighted, Biased, Activation).ApplyAll([.. values]).CopyTo(dx!);

            // Somebody differentiates through the statistics themselves.
            double count = (double)x.Elements / x.Shape[1];
            if (dy.Has(1)) dx[0] = dx[0]! + ChannelForm.Broadcast(dy.Of(1) / count, rank);
            if (dy.Has(2)) dx[0] = dx[0]! + (ChannelForm.Broadcast(dy.Of(2) * (2 / count), rank) * (x - x.Mean(ChannelForm.Others(rank), keepDim: true)));
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain x = inputs[0];
            Axes over = Axes.Of(ChannelForm.Others(x.Shape.Rank), x.Shape, Name);
            double[] mean = Groups.Each(x, over, g => g.Average()).Values, variance = Groups.Each(x, over, g => g.Average(v => Math.Pow(v - g.Average(), 2))).Values;
            return
            [
                Plain.Make(x.Shape, index =>
                {
                    long c = index[1];
                    double normal = (x[index] - mean[c]) / Math.Sqrt(variance[c] + Epsilon);
                    double z = (normal * (Weighted ? inputs[1].Values[c] : 1)) + (Biased ? inputs[^1].Values[c] : 0);
                    return Activation is null ? z : Activation.Reference([new([], [z])])[0].Values[0];
                }),
                new([x.Shape[1]], mean),
                new([x.Shape[1]], variance),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, 0.5, dtype: DType.F64);
            yield return new(new BatchNorm(1e-5, true, true), Draw([4, 3, 5, 5]), Draw([3]), Draw([3]));
            yield return new(new BatchNorm(1e-5, true, false), Draw([19, 3]), Draw([3]));
            yield return new(new BatchNorm(1e-3, false, true), Draw([3, 2, 2]), Draw([2]));
            yield return new(new BatchNorm(1e-5, false, false), Draw([1, 1, 37]));
            yield return new(new BatchNorm(1e-5, true, true, Ops.Sigmoid.Instance), Draw([4, 3, 5, 5]), Draw([3]), Draw([3]));
            yield return new(new BatchNorm(1e-5, false, true, Ops.Relu.Instance), Draw([19, 3]), Draw([3]));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<GraphException>(() => new BatchNorm(1e-5, false, false, new Gelu(false)).ApplyAll(Tensor.Zeros([2, 3])), "batch_norm: the slope of an activation must be known from its result, but that of 'gelu' is not. Hint: apply it afterwards."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3]).BatchNorm(), "batch_norm: x must be [N, C] or [N, C, …], but it is [3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([1, 3]).BatchNorm(), "batch_norm: there must be more than one value a channel to normalise with, but x is [1, 3]. Hint: use larger batches, or the running statistics."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).BatchNorm(Tensor.Zeros([2])), "batch_norm: weight and bias must be [C], but one is [2] and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.BatchNorm"/> to tensors.</summary>
    public static class BatchNormSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Batch normalisation with the batch's own statistics: <c>y = (x − mean) / √(var + ε) · w + b</c>, over everything but axis 1.</summary>
            /// <param name="weight">w, [C]; none means 1.</param>
            /// <param name="bias">b, [C]; none means 0.</param>
            /// <param name="epsilon">ε, added under the root.</param>
            /// <returns>y, and the batch's mean and biased variance [C].</returns>
            /// <exception cref="ShapeException">The shapes do not fit, or a channel has one value only.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            [PyTorch("torch.nn.functional.batch_norm", Differs = "Returns the batch's mean and variance instead of moving running ones; the layer `BatchNorm` does that. In evaluation: `BatchNormEval`.")]
            public (Tensor Y, Tensor Mean, Tensor Variance) BatchNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) => x.BatchNorm(weight, bias, epsilon, null);

            internal (Tensor Y, Tensor Mean, Tensor Variance) BatchNorm(Tensor? weight, Tensor? bias, double epsilon, Elementwise? activation)
            {
                var op = new BatchNorm(epsilon, weight is not null, bias is not null, activation);
                Tensor[] all = (weight, bias) switch
                {
                    (null, null) => op.ApplyAll(x),
                    (null, _) => op.ApplyAll(x, bias),
                    (_, null) => op.ApplyAll(x, weight),
                    _ => op.ApplyAll(x, weight, bias),
                };
                return (all[0], all[1], all[2]);
            }
        }
    }
}
