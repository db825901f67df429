using Adjoint.Kernels.Reduction;

namespace Adjoint.Ops
{
    /// <summary>Vector norm over axes: <c>y = (Σ |x|ᵖ)^(1/p)</c>; the largest magnitude for p = ∞, the smallest for −∞, the number of non-zeros for 0.</summary>
    /// <remarks>Shape: the reduced axes have size 1. The gradient is 0 where y is 0. Saves x and y.</remarks>
    /// <param name="P">The order.</param>
    /// <param name="Over">The axes that are reduced.</param>
    [GradientRule("y = (Σ |x|ᵖ)^(1/p)", "dx = sign(x) · (|x| / y)^(p − 1) · dy")]
    public sealed record Norm(double P, Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        static readonly Formula Root = Formula.Of(x => Math.Sqrt(x));
        static readonly Formula SquareSlope = Formula.Of((x, y, dy) => y == 0 ? 0 : dy * x / y);
        static readonly Formula SumSlope = Formula.Of((x, dy) => dy * Vocabulary.Sign(x));
        static readonly Formula Magnitude = Formula.Of(x => Math.Abs(x));

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            inputs[0].MustBeFloat(Name);
            if (double.IsInfinity(P)) Ties.CheckNotEmpty(Name, Over, inputs[0].Shape);
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => P switch
        {
            1 or 0 or double.PositiveInfinity or double.NegativeInfinity => 2 * inputs[0].Elements,
            2 => (2 * inputs[0].Elements) + outputs[0].Shape.Elements,
            _ => (3 * inputs[0].Elements) + outputs[0].Shape.Elements,
        };

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Tensor x = inputs[0].Detach(), y = outputs[0];
            switch (P)
            {
                case 1: Reduce.SumOfMagnitudes(x.Operand, y.Operand); break;
                case 2: Into(y, Reduce.SumOfSquares, x, Root); break;
                case double.PositiveInfinity: Reduce.MaxMagnitude(x.Operand, y.Operand); break;
                case double.NegativeInfinity: Reduce.MinMagnitude(x.Operand, y.Operand); break;
                case 0: y.CopyFrom(new CountNonZero(Over).Apply(x)); break;
                default:
                    double p = P;
                    Tensor powers = new Map(Formula.Of(v => Math.Pow(Math.Abs(v), p))).Apply(x.To(x.DType.ComputeType()));
                    Into(y, static (from, to) => Reduce.Sum(from, to), powers, Formula.Of(v => Math.Pow(v, 1 / p)));
                    break;
            }
        }

        delegate void Kernel(Kernels.Operand x, Kernels.Operand y);

        /// <summary>The reduction in the type that is computed with, then the root, then one rounding.</summary>
        static void Into(Tensor y, Kernel kernel, Tensor x, Formula root)
        {
            Tensor sum = y.KernelTarget();
            kernel(x.Operand, sum.Operand);
            y.CopyFrom(new Map(root).Apply(sum.Detach()));
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => P == 0 ? Saves.Nothing : P == 1 ? Saves.Input(0) : Saves.Input(0) | Saves.Output(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (P == 0) return null;
            if (P == 1) return new Map(SumSlope).Apply(dy.Input(0), dy.Gradient);
            (Tensor x, Tensor y) = (dy.Input(0), dy.Output(0));
            if (P == 2) return new Map(SquareSlope).Apply(x, y, dy.Gradient);
            if (double.IsInfinity(P)) return new Map(SumSlope).Apply(x, Ties.Share(new Map(Magnitude).Apply(x), y, dy.Gradient, Over));
            double p = P;
            return new Map(Formula.Of((v, n, d) => v == 0 || n == 0 ? 0 : d * Vocabulary.Sign(v) * Math.Pow(Math.Abs(v), p - 1) / Math.Pow(n, p - 1))).Apply(x, y, dy.Gradient);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, Of)];

        double Of(double[] group) => P switch
        {
            double.PositiveInfinity => group.Max(Math.Abs),
            double.NegativeInfinity => group.Min(Math.Abs),
            0 => group.Count(v => v != 0),
            _ => Math.Pow(group.Sum(v => Math.Pow(Math.Abs(v), P)), 1 / P),
        };

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            foreach (double p in (double[])[1, 2, 3, 1.5, double.PositiveInfinity, double.NegativeInfinity, 0])
                foreach (Sample sample in Groups.Samples(random, over => new Norm(p, over), draw: AwayFromZero)) yield return sample;

            Tensor AwayFromZero(Shape shape) => random.Normal(shape, dtype: DType.F64).Map(v => v < 0 ? v - 0.2 : v + 0.2);
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Norm(2, [2]), "norm: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 3], DType.I64).Norm(), "norm: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Norm"/> to tensors.</summary>
    public static class NormSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The vector norm of all elements, or over the axes given: <c>y = (Σ |x|ᵖ)^(1/p)</c>.</summary>
            /// <param name="p">The order: 2 for the Euclidean norm; ±∞ for the largest or smallest magnitude; 0 for the number of non-zeros.</param>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            public Tensor Norm(double p, ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "norm");
                Tensor y = new Norm(p, axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Norm(Tensor, double, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.linalg.vector_norm", "torch.norm", Differs = "Several axes: `x.Norm(2, [0, 2])`. Vector norms only, no matrix norms.")]
            public Tensor Norm(double p = 2) => x.Norm(p, []);
        }
    }
}
