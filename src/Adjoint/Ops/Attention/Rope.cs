using Adjoint.Kernels.Attention;

namespace Adjoint.Ops
{
    /// <summary>Rotary position embedding: each pair (a, b) of a token's elements turned by an angle, <c>(a·cos − b·sin, a·sin + b·cos)</c>.</summary>
    /// <remarks>
    /// Shape: x [..., T, D] → the same, D even; token t stands at position <paramref name="Position"/> + t. The product of a
    /// turned query and a turned key depends on the distance of their positions alone. Angles are computed in F64, whatever x
    /// holds. A rotation's gradient is the rotation back: nothing is saved. Source: Su et al. 2021, eq. 34.
    /// </remarks>
    /// <param name="Settings">The angles, and which elements make a pair.</param>
    /// <param name="Position">The position of the first token: the number of tokens already in a cache of keys.</param>
    /// <param name="Inverse">Turn back.</param>
    [GradientRule("y = each pair of elements turned by an angle", "dx = dy turned back")]
    public sealed record Rope(RopeSettings Settings, long Position, bool Inverse = false) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Tensor x = inputs[0];
            Operands.FloatType(Name, ["x"], inputs);
            Settings.Check();
            if (x.Rank < 2 || x.Shape[^1] == 0 || x.Shape[^1] % 2 != 0) throw new ShapeException($"rope: x must be [..., T, D] with an even D, but it is {x.Shape}.");
            if (Position < 0) throw new ArgumentException($"rope: the position of the first token must not be negative, but it is {Position}.");
            outputs[0] = x.Spec;
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 3 * inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            if (outputs[0].Elements == 0) return;
            using Scope scope = Scope.Begin(Name);
            DType type = outputs[0].DType.Compute;
            Tensor x = inputs[0].Packed(type), y = outputs[0].Target(type);
            (long tokens, long size) = (x.Shape[^2], x.Shape[^1]);
            Tensor angles = Tensor.Arange(Position, Position + tokens, dtype: DType.F64).Unsqueeze(-1) * Tensor.From(Settings.Frequencies(size));
            if (Inverse) angles = -angles;
            Tensor cos = angles.Cos().To(type), sin = angles.Sin().To(type);
            bool adjacent = Settings.Pairs == RopePairs.Adjacent;
            if (type == DType.F64) TurnPairs<double>.Run((double*)x.Data, (double*)y.Data, (double*)cos.Data, (double*)sin.Data, x.Elements / size, tokens, size, adjacent);
            else TurnPairs<float>.Run((float*)x.Data, (float*)y.Data, (float*)cos.Data, (float*)sin.Data, x.Elements / size, tokens, size, adjacent);
            if (y != outputs[0]) outputs[0].CopyFrom(y);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => (this with { Inverse = !Inverse }).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain x = inputs[0];
            long size = x.Shape[^1], half = size / 2;
            bool adjacent = Settings.Pairs == RopePairs.Adjacent;
            return
            [
                Plain.Make(x.Shape, index =>
                {
                    long at = index[^1], pair = adjacent ? at / 2 : at % half;
                    bool isFirst = adjacent ? at % 2 == 0 : at < half;
                    double frequency = Math.Pow(Settings.Theta, -2.0 * pair / size);
                    double angle = (Position + index[^2]) * (Settings.Scaling?.Slowed(frequency) ?? frequency) * (Inverse ? -1 : 1);
                    long[] other = [.. index];
                    other[^1] = adjacent ? at ^ 1 : (at + half) % size;
                    return (x[index] * Math.Cos(angle)) + (x[other] * Math.Sin(angle) * (isFirst ? -1 : 1));
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, dtype: DType.F64);
            RopeSettings paper = new(), halves = new() { Pairs = RopePairs.Halves, Theta = 500_000, Scaling = new() };
            foreach (RopeSettings settings in (RopeSettings[])[paper, halves])
            {
                yield return new(new Rope(settings, 0), Draw([2, 3, 5, 8]));
                yield return new(new Rope(settings, 4_001), Draw([3, 2]));
                yield return new(new Rope(settings, 7, Inverse: true), Draw([2, 4, 6]));
                yield return new(new Rope(settings, 0), Draw([1, 2, 130]));
                yield return new(new Rope(settings, 1), Draw([2, 0, 4]));
            }
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3, 5]).Rope(), "rope: x must be [..., T, D] with an even D, but it is [2, 3, 5]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4]).Rope(), "rope: x must be [..., T, D] with an even D, but it is [4]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 4], DType.I64).Rope(), "rope: elements must be floating-point numbers, but x is I64. Hint: convert with To."),
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2, 4]).Rope(position: -1), "rope: the position of the first token must not be negative, but it is -1."),
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2, 4]).Rope(new() { Theta = 0 }), "rope: theta must be a finite number above 0, but it is 0."),
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2, 4]).Rope(new() { Scaling = new(Factor: 0) }), "rope: the scaling's factor must be above 0, but it is 0."),
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2, 4]).Rope(new() { Scaling = new(LowFrequency: 4) }), "rope: the scaling's high frequency must be above its low one, but they are 4 and 4."),
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2, 4]).Rope(new() { Scaling = new(OriginalContext: 0) }), "rope: the scaling's original context must be at least 1, but it is 0."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Rope"/> to tensors.</summary>
    public static class RopeSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Rotary position embedding of x [..., T, D]: every pair of elements turned by its token's position.</summary>
            /// <param name="settings">The angles and the layout of pairs; θ = 10,000 on adjacent pairs when omitted.</param>
            /// <param name="position">The position of the first token: the number of tokens already in a cache of keys.</param>
            /// <exception cref="ShapeException">x has fewer than two axes, or its last axis is odd.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            /// <exception cref="ArgumentException">The position is negative, or a setting is out of range.</exception>
            [NotInPyTorch("Rotary positions, with the scalings of published models.")]
            public Tensor Rope(RopeSettings? settings = null, long position = 0) => new Ops.Rope(settings ?? new(), position).Apply(x);
        }
    }
}
