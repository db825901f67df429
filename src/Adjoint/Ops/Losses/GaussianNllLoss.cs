namespace Adjoint.Ops
{
    /// <summary>Negative log-likelihood under a normal distribution with mean x and variance v: <c>½·(ln v + (x − t)²/v)</c>, v at least ε.</summary>
    /// <remarks>Three inputs: x, target t, v. Below ε the gradient along v is that at ε, so that a variance can still grow.</remarks>
    /// <param name="Epsilon">ε, the least variance.</param>
    /// <param name="Full">Whether to add the constant <c>½·ln 2π</c>.</param>
    public sealed record GaussianLikelihood(double Epsilon, bool Full) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        double Constant => Full ? 0.5 * Math.Log(2 * Math.PI) : 0;

        /// <inheritdoc/>
        protected override Formula Rule
        {
            get
            {
                double constant = Constant;
                return Formula
                    .Of((x, t, v) => (0.5 * (Math.Log(Math.Max(v, Epsilon)) + ((x - t) * (x - t) / Math.Max(v, Epsilon)))) + constant)
                    .WithDerivative(2, (x, t, v, y, dy) => dy * 0.5 * (1 - ((x - t) * (x - t) / Math.Max(v, Epsilon))) / Math.Max(v, Epsilon));
            }
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            foreach (bool full in (bool[])[false, true])
                foreach ((Shape x, Shape v) in ((Shape, Shape)[])[([4, 3], [4, 3]), ([5, 7], [5, 1]), ([], []), ([0, 3], [0, 1])])
                    yield return new(new GaussianLikelihood(1e-6, full), random.Normal(x, dtype: DType.F64), random.Normal(x, dtype: DType.F64), random.Uniform(v, 0.3, 2, DType.F64));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([4, 3]);
            return
            [
                Misuse.Of<ShapeException>(() => x.GaussianNllLoss(Tensor.Zeros([3]), x), "gaussian_nll_loss: the target must have the shape of x, but x is [4, 3] and the target is [3]. Hint: Losses do not broadcast."),
                Misuse.Of<ShapeException>(() => x.GaussianNllLoss(x, Tensor.Zeros([3])), "gaussian_nll_loss: the variance must have the shape of x, or of x with a last axis of size 1 or none, but x is [4, 3] and the variance is [3]."),
                Misuse.Of<ArgumentException>(() => x.GaussianNllLoss(x, Tensor.Full([4, 1], -2)), "gaussian_nll_loss: variances must not be negative, but the least is -2."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.GaussianLikelihood"/> to tensors, as a loss.</summary>
    public static class GaussianNllLossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Negative log-likelihood of a target under normal distributions with means x: <c>½·(ln v + (x − t)²/v)</c>, v at least ε.</summary>
            /// <param name="target">What was observed, of x's shape.</param>
            /// <param name="variance">v, of x's shape, or with a last axis of size 1, or without the last axis.</param>
            /// <param name="full">Whether to add the constant <c>½·ln 2π</c>.</param>
            /// <param name="epsilon">ε, the least variance; the gradient along v passes as if it were v.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes do not fit.</exception>
            /// <exception cref="ArgumentException">A variance is negative.</exception>
            [PyTorch("torch.nn.functional.gaussian_nll_loss", "torch.nn.GaussianNLLLoss")]
            public Tensor GaussianNllLoss(Tensor target, Tensor variance, bool full = false, double epsilon = 1e-6, Reduction reduction = Reduction.Mean)
            {
                ArgumentNullException.ThrowIfNull(variance);
                Losses.CheckShapes("gaussian_nll_loss", x, target);
                Tensor v = variance;
                if (v.Shape != x.Shape)
                {
                    bool shared = x.Rank > 0 && v.Shape == x.Shape.With(x.Rank - 1, 1);
                    if (!shared && !(x.Rank > 0 && v.Shape == x.Shape.Without(x.Rank - 1)))
                        throw new ShapeException($"gaussian_nll_loss: the variance must have the shape of x, or of x with a last axis of size 1 or none, but x is {x.Shape} and the variance is {v.Shape}.");
                    if (!shared) v = v.Unsqueeze(-1);
                }

                if (v.Elements > 0) CheckSign(v.Everything);
                return Losses.Reduce(new GaussianLikelihood(epsilon, full).Apply(x, target, v), reduction);
            }
        }

        static void CheckSign(Tensor variance)
        {
            using Scope scope = Scope.Begin("least variance");
            double least = variance.Amin().Item();
            if (least < 0) throw new ArgumentException(FormattableString.Invariant($"gaussian_nll_loss: variances must not be negative, but the least is {least}."));
        }
    }
}
