using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops
{
    /// <summary>The mean of each window: <c>y[n, c, p] = Σ over the window at p of x[n, c, ·] / count</c>.</summary>
    /// <remarks>x [N, C, H, W]. Whether positions in the padding count is a setting; positions beyond it never do. Saves nothing.</remarks>
    /// <param name="Windows">How the windows lie.</param>
    [GradientRule("y = the mean of x in each window", "dx = Σ of dy / count over the windows it is in")]
    public sealed record AvgPool(Windows Windows) : Op, ISampled
    {
        /// <inheritdoc/>
        public override string Name => $"{Windows.Kind}avg_pool2d";

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            DType dtype = Operands.FloatType(Name, ["x"], inputs);
            outputs[0] = new(Windows.Result(inputs[0].Shape, Windows.Plan(inputs[0].Shape, Name)), dtype);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Windows.Plan(inputs[0].Shape, Name).Reads + outputs[0].Shape.Elements;

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Tensor y = outputs[0], means = y.Target(y.DType.Compute), x = inputs[0].Packed(means.DType);
            PoolPlan plan = Windows.Plan(x.Shape, Name);
            if (means.DType == DType.F64) Pool.Mean(plan, (double*)x.Data, (double*)means.Data);
            else Pool.Mean(plan, (float*)x.Data, (float*)means.Data);
            if (means != y) y.CopyFrom(means);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            new AvgPoolGradient(Windows, Convolution.Image(dy.InputShape(0))).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain x = inputs[0];
            PoolPlan plan = Windows.Plan(x.Shape, Name);
            Plain y = Plain.Zeros(Windows.Result(x.Shape, plan));
            foreach ((long[] atY, long[] atX) in Windows.Pairs(x.Shape)) y[atY] += x[atX] / (plan.H.Divisor(atY[2]) * plan.W.Divisor(atY[3]));
            return [y];
        }

        internal static Windows[] Cases { get; } =
        [
            SlidingWindows.Of("", 2, 2, 0, 1, false, true),
            SlidingWindows.Of("", 3, 2, 1, 1, false, true),
            SlidingWindows.Of("", 3, 2, 1, 1, false, false),
            SlidingWindows.Of("", (3, 2), (1, 3), (0, 1), 1, true, true),
            SlidingWindows.Of("", (2, 3), (3, 2), (1, 1), 1, true, false),
            new AdaptiveWindows([3, 5]),
            new AdaptiveWindows([9, 1]),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            Cases.Select(windows => new Sample(new AvgPool(windows), random.Normal([2, 3, 7, 8], dtype: DType.F64)));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([2, 3, 4, 5]);
            return
            [
                Misuse.Of<ShapeException>(() => Tensor.Zeros([3, 4, 5]).AvgPool2d(2), "avg_pool2d: x must have the axes [N, C, H, W], but x is [3, 4, 5]."),
                Misuse.Of<ShapeException>(() => x.AvgPool2d(5), "avg_pool2d: the kernel must fit into the padded image, but x is [2, 3, 4, 5], the kernel is [5, 5], padding is [0, 0] and dilation is [1, 1]."),
                Misuse.Of<ArgumentException>(() => x.AvgPool2d(3, padding: 2), "avg_pool2d: padding must be at most half the kernel, but padding is [2, 2] and the kernel is [3, 3]."),
                Misuse.Of<ArgumentException>(() => x.AdaptiveAvgPool2d(0), "adaptive_avg_pool2d: the result must have sizes of at least 1, but they are [0, 0]."),
                Misuse.Of<DTypeException>(() => x.To(DType.I64).AvgPool2d(2), "avg_pool2d: elements must be floating-point numbers, but x is I64. Hint: convert with To."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds means over windows to tensors.</summary>
    public static class AvgPoolSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The mean of each window: x [N, C, H, W] gives [N, C, H', W'].</summary>
            /// <param name="kernel">The size of a window.</param>
            /// <param name="stride">How far it moves from one output to the next; its own size if not given.</param>
            /// <param name="padding">Positions imagined before and after the image.</param>
            /// <param name="countIncludePad">Whether the padding counts, as zeros.</param>
            /// <param name="ceilMode">Whether a last window that begins inside but ends outside counts.</param>
            /// <exception cref="ShapeException">x is no batch of images, or the kernel does not fit into the padded image.</exception>
            /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
            /// <exception cref="ArgumentException">A kernel or stride is below 1, or a padding below 0 or above half the kernel.</exception>
            [PyTorch("torch.nn.functional.avg_pool2d", Differs = "No `divisor_override`.")]
            public Tensor AvgPool2d(Pair kernel, Pair? stride = null, Pair padding = default, bool countIncludePad = true, bool ceilMode = false) =>
                new AvgPool(SlidingWindows.Of("avg_pool2d", kernel, stride ?? kernel, padding, 1, ceilMode, countIncludePad)).Apply(x);

            /// <summary>The mean of each of <paramref name="size"/> windows that divide the image evenly, from ⌊o·H/H'⌋ to ⌈(o+1)·H/H'⌉.</summary>
            /// <exception cref="ShapeException">x is no batch of images, or the images are empty.</exception>
            /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
            /// <exception cref="ArgumentException">A size is below 1.</exception>
            [PyTorch("torch.nn.functional.adaptive_avg_pool2d")]
            public Tensor AdaptiveAvgPool2d(Pair size) => new AvgPool(AdaptiveWindows.Of("adaptive_avg_pool2d", size)).Apply(x);
        }
    }
}
