namespace Adjoint.Ops
{
    /// <summary>Logarithm of the sum of exponentials over axes: <c>y = ln Σ eˣ</c>.</summary>
    /// <remarks>
    /// Shape: the reduced axes have size 1. The maximum is taken out first, so that nothing overflows; −∞ where all elements are,
    /// and for nothing. The gradient is softmax, and 0 where y is −∞. Saves x and y.
    /// </remarks>
    /// <param name="Over">The axes that are reduced.</param>
    [GradientRule("y = ln Σ eˣ", "dx = softmax(x) · dy")]
    public sealed record LogSumExp(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        static readonly Formula Slope = Formula.Of((x, y, dy) => y == double.NegativeInfinity ? 0 : dy * Math.Exp(x - y));

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            inputs[0].MustBeFloat(Name);
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => (4 * inputs[0].Elements) + (2 * outputs[0].Shape.Elements);

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            var form = new RowForm(inputs[0].Shape, Over);
            Tensor x = form.Read(inputs[0]), y = outputs[0].KernelTarget();
            if (x.DType == DType.F64) Kernels.Normalization.Softmax.LogSumExp((double*)x.Data, (double*)y.Data, form.Count, form.Length);
            else Kernels.Normalization.Softmax.LogSumExp((float*)x.Data, (float*)y.Data, form.Count, form.Length);
            outputs[0].TakeFrom(y);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Output(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new Map(Slope).Apply(dy.Input(0), dy.Output(0), dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, Of)];

        static double Of(double[] group)
        {
            double max = group.DefaultIfEmpty(double.NegativeInfinity).Max();
            return double.IsFinite(max) ? max + Math.Log(group.Sum(v => Math.Exp(v - max))) : max;
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => 
            Groups.Samples(random, over => new LogSumExp(over));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).LogSumExp(2), "log_sum_exp: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 3], DType.I64).LogSumExp(), "log_sum_exp: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.LogSumExp"/> to tensors.</summary>
    public static class LogSumExpSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The logarithm of the sum of exponentials of all elements, or over the axes given: <c>y = ln Σ eˣ</c>.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor LogSumExp(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "log_sum_exp");
                Tensor y = new LogSumExp(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="LogSumExp(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.logsumexp", Differs = "Several axes: `x.LogSumExp([0, 2])`; all: `x.LogSumExp()`.")]
            public Tensor LogSumExp(int dim, bool keepDim = false) => x.LogSumExp([dim], keepDim);

            /// <summary>The logarithm of the sum of exponentials of all elements, over all axes.</summary>
            public Tensor LogSumExp() => x.LogSumExp([]);
        }
    }
}
