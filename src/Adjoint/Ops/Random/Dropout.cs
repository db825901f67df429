namespace Adjoint.Ops
{
    /// <summary>Zeroes each element with probability <c>p</c> and scales the others: <c>y = m·x / (1 − p)</c>, m ∈ {0, 1}.</summary>
    /// <remarks>
    /// Shape: any → same. Saves nothing: the mask is a function of the stream and the position in it, and the gradient makes
    /// it again. Source: Srivastava et al. 2014.
    /// </remarks>
    /// <param name="Probability">The probability of dropping, to 2⁻³².</param>
    /// <param name="Seed">The generator's seed.</param>
    /// <param name="Stream">The generator's stream.</param>
    /// <param name="Position">The first counter value used.</param>
    [GradientRule("y = m·x / (1 − p), m is 0 or 1 by chance", "dx = m·dy / (1 − p), with the same m")]
    public sealed record Dropout(double Probability, ulong Seed, ulong Stream, ulong Position) : Op, ISampled
    {
        // A coin is 32 bits: below the threshold the element is dropped. 2³² drops everything.
        ulong Threshold => (ulong)Math.Round(Probability * 4294967296.0);

        double Scale => Probability < 1 ? 1 / (1 - Probability) : 0;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            if (!inputs[0].DType.IsFloat) throw new DTypeException($"dropout: x must hold floating-point numbers, but it is {inputs[0].DType}.");
            outputs[0] = new(inputs[0].Shape, inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin("dropout");
            Tensor x = inputs[0].Detach().Contiguous(), y = outputs[0];
            void* from = x.Data, to = y.Data;
            switch (x.DType)
            {
                case DType.F64: Kernels.Random.Keep.Run((double*)from, (double*)to, x.Elements, Scale, Threshold, Seed, Stream, Position); break;
                case DType.F32: Kernels.Random.Keep.Run((float*)from, (float*)to, x.Elements, (float)Scale, Threshold, Seed, Stream, Position); break;
                default:
                    Tensor wide = Tensor.Allocate(x.Shape, DType.F32);
                    Run([x.To(DType.F32)], [wide]);
                    y.CopyFrom(wide);
                    break;
            }

            GC.KeepAlive(x);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            // As in a loop over this operation: it names its place in the stream, so that all items have one mask.
            Tensor mask = Apply(Tensor.Ones(x.Shape(0), x[0].DType.Compute));
            return [(x[0] * mask).To(x[0].DType)];
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain y = Plain.Zeros(inputs[0].Shape);
            for (int i = 0; i < y.Values.Length; i++)
                if (Kernels.Random.Keep.Decide(i, Threshold, Seed, Stream, Position)) y.Values[i] = inputs[0].Values[i] * Scale;
            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Dropout(0.3, 7, 1, 0), random.Normal([3, 5, 7], dtype: DType.F64)),
            new(new Dropout(0.5, 7, 2, 1000), random.Normal([4, 6], dtype: DType.F64)),
            new(new Dropout(0, 7, 3, 0), random.Normal([5], dtype: DType.F64)),
            new(new Dropout(1, 7, 4, 0), random.Normal([5], dtype: DType.F64)),
            new(new Dropout(0.5, 7, 5, 0), random.Normal([0, 2], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2]).Dropout(1.5, random), "dropout: the probability must be from 0 to 1, but it is 1.5."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2], DType.I64).Dropout(0.5, random), "dropout: x must hold floating-point numbers, but it is I64."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Dropout"/> to tensors.</summary>
    public static class DropoutSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Zeroes each element with probability <paramref name="probability"/> and scales the others by <c>1/(1 − p)</c>.</summary>
            /// <param name="probability">From 0 (nothing happens) to 1 (zeros).</param>
            /// <param name="random">The stream that decides; it moves on.</param>
            /// <exception cref="ArgumentException">The probability is not from 0 to 1.</exception>
            /// <exception cref="DTypeException">x does not hold floating-point numbers.</exception>
            [PyTorch("torch.nn.functional.dropout", Differs = "Always drops (`training=True`), and takes a generator; the layer `Dropout` knows the mode. No default probability.")]
            public Tensor Dropout(double probability, Generator random)
            {
                ArgumentNullException.ThrowIfNull(random);
                if (!(probability is >= 0 and <= 1)) throw new ArgumentException($"dropout: the probability must be from 0 to 1, but it is {probability}.");
                if (MapLevel.Current is { } level && x.DType.IsFloat)
                    return (x * MapLevel.Draw(level, x.Shape, "dropout", shape => Tensor.Ones(shape, x.DType.Compute).Dropout(probability, random))).To(x.DType);
                (ulong seed, ulong stream, ulong position) = random.State;
                Tensor y = new Ops.Dropout(probability, seed, stream, position).Apply(x);
                random.State = (seed, stream, position + Kernels.Random.Keep.Uses(x.Elements));
                return y;
            }
        }
    }
}
