using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops
{
    /// <summary>The largest element of each window: <c>y[n, c, p] = max over the window at p of x[n, c, ·]</c>.</summary>
    /// <remarks>
    /// x [N, C, H, W]. Padding never wins. The first of equal elements is the one the gradient goes to; NaN wins. The hidden output
    /// is each maximum's number in its window (I32, row by row from 0; −1 where the window is empty), which is all that is saved.
    /// </remarks>
    /// <param name="Windows">How the windows lie.</param>
    [GradientRule("y = the largest x of each window", "dx = dy where the largest element was, 0 elsewhere")]
    public sealed record MaxPool(Windows Windows) : Op, ISampled
    {
        /// <inheritdoc/>
        public override string Name => $"{Windows.Kind}max_pool2d";

        /// <inheritdoc/>
        public override int OutputCount => 2;

        /// <inheritdoc/>
        public override int HiddenOutputs => 1;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            DType dtype = Operands.FloatType(Name, ["x"], inputs);
            PoolPlan plan = Windows.Plan(inputs[0].Shape, Name);
            if (plan.Window > int.MaxValue) throw new ShapeException($"{Name}: a window must have fewer than 2³¹ elements, but x is {inputs[0].Shape} and a window has {plan.Window}.");
            Shape y = Windows.Result(inputs[0].Shape, plan);
            outputs[0] = new(y, dtype);
            outputs[1] = new(y, DType.I32);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Windows.Plan(inputs[0].Shape, Name).Reads;

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            PoolPlan plan = Windows.Plan(inputs[0].Shape, Name);
            Tensor y = outputs[0], maxima = y.Target(Compute(y.DType, plan)), x = inputs[0].Packed(maxima.DType);
            if (maxima.DType == DType.F64) Pool.Max(plan, (double*)x.Data, (double*)maxima.Data, (int*)outputs[1].Data);
            else Pool.Max(plan, (float*)x.Data, (float*)maxima.Data, (int*)outputs[1].Data);
            if (maxima != y) y.CopyFrom(maxima);
        }

        /// <summary>The type to compute in. The kernels count elements of a window in it, which a float can do to 2²⁴.</summary>
        internal static DType Compute(DType dtype, in PoolPlan plan) => plan.Window > 1 << 24 ? DType.F64 : dtype.Compute;

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Output(1);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            new MaxPoolGradient(Windows, Convolution.Image(dy.InputShape(0))).Apply(dy.Gradient, dy.Output(1));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain x = inputs[0];
            Plain y = Plain.Make(Windows.Result(x.Shape, Windows.Plan(x.Shape, Name)), _ => double.NegativeInfinity);
            foreach ((long[] atY, long[] atX) in Windows.Pairs(x.Shape)) y[atY] = Math.Max(y[atY], x[atX]);
            return [y];
        }

        internal static Windows[] Cases { get; } =
        [
            SlidingWindows.Of("", 2, 2, 0, 1, false, true),
            SlidingWindows.Of("", 3, 2, 1, 1, false, true),
            SlidingWindows.Of("", (3, 2), (1, 3), (0, 1), (2, 1), true, true),
            SlidingWindows.Of("", 3, 1, 1, 1, true, true),
            SlidingWindows.Of("", (2, 3), (3, 2), (1, 1), (2, 3), false, true),
            new AdaptiveWindows([3, 5]),
            new AdaptiveWindows([9, 1]),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            Cases.Select(windows => new Sample(new MaxPool(windows), random.Normal([2, 3, 7, 8], dtype: DType.F64)));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([2, 3, 4, 5]);
            return
            [
                Misuse.Of<ShapeException>(() => Tensor.Zeros([3, 4, 5]).MaxPool2d(2), "max_pool2d: x must have the axes [N, C, H, W], but x is [3, 4, 5]."),
                Misuse.Of<ShapeException>(() => x.MaxPool2d(7, padding: 1), "max_pool2d: the kernel must fit into the padded image, but x is [2, 3, 4, 5], the kernel is [7, 7], padding is [1, 1] and dilation is [1, 1]."),
                Misuse.Of<ArgumentException>(() => x.MaxPool2d(3, padding: 2), "max_pool2d: padding must be at most half the kernel, but padding is [2, 2] and the kernel is [3, 3]."),
                Misuse.Of<ArgumentException>(() => x.MaxPool2d((0, 2)), "max_pool2d: the kernel must be at least 1, but it is [0, 2]."),
                Misuse.Of<ArgumentException>(() => x.MaxPool2d(2, stride: 0), "max_pool2d: stride and dilation must be at least 1 and padding at least 0, but stride is [0, 0], padding is [0, 0] and dilation is [1, 1]."),
                Misuse.Of<ArgumentException>(() => x.AdaptiveMaxPool2d((0, 2)), "adaptive_max_pool2d: the result must have sizes of at least 1, but they are [0, 2]."),
                Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3, 0, 5]).AdaptiveMaxPool2d(1), "adaptive_max_pool2d: the image must have elements, but x is [2, 3, 0, 5]."),
                Misuse.Of<DTypeException>(() => x.To(DType.I64).MaxPool2d(2), "max_pool2d: elements must be floating-point numbers, but x is I64. Hint: convert with To."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds maxima over windows to tensors.</summary>
    public static class MaxPoolSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The largest element of each window: x [N, C, H, W] gives [N, C, H', W'].</summary>
            /// <param name="kernel">The size of a window.</param>
            /// <param name="stride">How far it moves from one output to the next; its own size if not given.</param>
            /// <param name="padding">Positions imagined before and after the image; they never win.</param>
            /// <param name="dilation">How far apart a window's positions are.</param>
            /// <param name="ceilMode">Whether a last window that begins inside but ends outside counts.</param>
            /// <exception cref="ShapeException">x is no batch of images, or the kernel does not fit into the padded image.</exception>
            /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
            /// <exception cref="ArgumentException">A kernel, stride or dilation is below 1, or a padding below 0 or above half the kernel.</exception>
            [PyTorch("torch.nn.functional.max_pool2d", Differs = "No `return_indices`.")]
            public Tensor MaxPool2d(Pair kernel, Pair? stride = null, Pair padding = default, Pair? dilation = null, bool ceilMode = false) =>
                new MaxPool(SlidingWindows.Of("max_pool2d", kernel, stride ?? kernel, padding, dilation ?? 1, ceilMode, countPadding: true)).Apply(x);

            /// <summary>The largest element of each of <paramref name="size"/> windows that divide the image evenly, from ⌊o·H/H'⌋ to ⌈(o+1)·H/H'⌉.</summary>
            /// <exception cref="ShapeException">x is no batch of images, or the images are empty.</exception>
            /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
            /// <exception cref="ArgumentException">A size is below 1.</exception>
            [PyTorch("torch.nn.functional.adaptive_max_pool2d", Differs = "No `return_indices`.")]
            public Tensor AdaptiveMaxPool2d(Pair size) => new MaxPool(AdaptiveWindows.Of("adaptive_max_pool2d", size)).Apply(x);
        }
    }
}
