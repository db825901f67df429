using Adjoint.Kernels.Convolution;

namespace Adjoint.Ops
{
    /// <summary>Convolution over the last one, two or three axes: <c>y[n, o, p] = b[o] + Σ over c, t of w[o, c, t] · x[n, c, p·stride − padding + t·dilation]</c>.</summary>
    /// <remarks>
    /// Inputs: x [N, C, ...], weight [O, C/groups, ...] and optionally bias [O]; y is [N, O, ...]. Outside the image x is 0. BF16 and
    /// F16 are summed in F32 and rounded once. Saves x where the weight wants a gradient, the weight where x does.
    /// </remarks>
    /// <param name="Window">Stride, padding and dilation, one number per axis of the image.</param>
    /// <param name="Groups">Groups of channels that do not see each other.</param>
    [GradientRule("y[o] = b[o] + Σ over c of w[o, c] ∗ x[c]", "dx[c] = Σ over o of dy[o] convolved with the turned w[o, c]", "dw[o, c] = Σ over rows and positions of dy[o] times the patch of x[c] under it", "db[o] = Σ dy[o] over rows and positions")]
    public sealed record Convolution(Window Window, long Groups) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Low;

        /// <inheritdoc/>
        public override string Name => $"conv{Window.Rank}d";

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Shape x = inputs[0].Shape, weight = inputs[1].Shape;
            DType dtype = Operands.FloatType(Name, ["x", "weight", "bias"], inputs);
            int rank = Window.Rank + 2;
            if (x.Rank != rank || weight.Rank != rank)
                throw new ShapeException($"{Name}: x must have the axes [N, C, {Axes("D", "H", "W")}] and weight [O, C/groups, {Axes("kd", "kh", "kw")}], but x is {x} and weight is {weight}.");
            if (Groups < 1 || x[1] % Groups != 0 || weight[0] % Groups != 0)
                throw new ShapeException($"{Name}: groups must divide the channels of x and the filters of weight, but groups is {Groups}, x is {x} and weight is {weight}.");
            if (x[1] != weight[1] * Groups)
                throw new ShapeException($"{Name}: channels of x must equal groups times channels of weight, but x is {x}, weight is {weight} and groups is {Groups}.");
            if (weight.Elements == 0) throw new ShapeException($"{Name}: weight must have elements, but weight is {weight}.");
            Shape y = Window.Result(x, weight);
            if (y.Sizes.AsSpan(2).Contains(0))
                throw new ShapeException($"{Name}: the kernel must fit into the padded image, but x is {x}, weight is {weight}, padding is {Window.Padding} and dilation is {Window.Dilation}.");
            if (inputs.Length > 2 && !(inputs[2].Rank == 1 && inputs[2].Shape[0] == weight[0]))
                throw new ShapeException($"{Name}: bias must have one element for each filter of weight, but bias is {inputs[2].Shape} and weight is {weight}.");
            outputs[0] = new(y, dtype);
        }

        string Axes(params string[] names) => string.Join(", ", names[^Window.Rank..]);

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * outputs[0].Shape.Elements * (inputs[1].Elements / inputs[1].Shape[0]);

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Tensor y = outputs[0], sums = y.Target(y.DType.Compute), x = inputs[0].Packed(sums.DType), weight = inputs[1].Packed(sums.DType);
            Tensor? bias = inputs.Length > 2 ? inputs[2].Packed(sums.DType) : null;
            Geometry g = Window.Geometry(x.Shape, weight.Shape, Groups);
            void* b = bias is null ? null : bias.Data;
            if (sums.DType == DType.F64) Convolve.Forward(g, (double*)x.Data, (double*)weight.Data, (double*)b, (double*)sums.Data);
            else Convolve.Forward(g, (float*)x.Data, (float*)weight.Data, (float*)b, (float*)sums.Data);
            if (sums != y) y.CopyFrom(sums);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            if (x.Size == 0) return null;
            bool biased = x.Count > 2;
            if (!x.IsMapped(1) && !(biased && x.IsMapped(2))) return [x.Unfolded(ApplyWithHidden(biased ? [x.Folded(0), x[1], x[2]] : [x.Folded(0), x[1]])[0])];
            Tensor y = x.IsMapped(1)
                ? x.FromGroups((this with { Groups = Groups * x.Size }).ApplyWithHidden(x.AsGroups(0), x.Folded(1))[0])
                : x.Unfolded(ApplyWithHidden(x.Folded(0), x[1])[0]);
            if (!biased) return [y];
            Tensor bias = x.All(2);
            return [y + bias.Reshape([x.Size, 1, bias.Shape[1], .. Enumerable.Repeat(1L, Window.Rank)])];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input < 2 ? Saves.Input(1 - input) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (input == 0) return new ConvolutionInputGradient(Window, Groups, Image(dy.InputShape(0))).Apply(dy.Gradient, dy.Input(1));
            if (input == 1) return new ConvolutionWeightGradient(Window, Groups, Image(dy.InputShape(1))).Apply(dy.Gradient, dy.Input(0));
            return dy.Gradient.Sum([0, .. Enumerable.Range(2, Window.Rank)]);
        }

        /// <summary>A shape without its first two axes.</summary>
        internal static Shape Image(Shape shape) => Shape.Create(shape.Sizes.AsSpan(2));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain x = inputs[0], weight = inputs[1];
            Plain y = Plain.Make(Window.Result(x.Shape, weight.Shape), index => inputs.Length > 2 ? inputs[2].Values[index[1]] : 0);
            foreach ((long[] atY, long[] atX, long[] atW) in Window.Products(x.Shape, weight.Shape, Groups)) y[atY] += x[atX] * weight[atW];
            return [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            foreach (ConvolutionCase c in ConvolutionCase.All)
            {
                Tensor x = random.Normal(c.X, dtype: DType.F64), weight = random.Normal(c.Weight, dtype: DType.F64);
                yield return new(new Convolution(c.Window, c.Groups), x, weight);
                yield return new(new Convolution(c.Window, c.Groups), x, weight, random.Normal([c.Weight[0]], dtype: DType.F64));
            }
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([2, 4, 8, 8]);
            return
            [
                Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 8, 8]).Conv2d(Tensor.Zeros([6, 4, 3, 3])), "conv2d: x must have the axes [N, C, H, W] and weight [O, C/groups, kh, kw], but x is [4, 8, 8] and weight is [6, 4, 3, 3]."),
                Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 8]).Conv1d(Tensor.Zeros([6, 4, 3])), "conv1d: x must have the axes [N, C, W] and weight [O, C/groups, kw], but x is [4, 8] and weight is [6, 4, 3]."),
                Misuse.Of<ShapeException>(() => x.Conv2d(Tensor.Zeros([6, 3, 3, 3])), "conv2d: channels of x must equal groups times channels of weight, but x is [2, 4, 8, 8], weight is [6, 3, 3, 3] and groups is 1."),
                Misuse.Of<ShapeException>(() => x.Conv2d(Tensor.Zeros([6, 1, 3, 3]), groups: 4), "conv2d: groups must divide the channels of x and the filters of weight, but groups is 4, x is [2, 4, 8, 8] and weight is [6, 1, 3, 3]."),
                Misuse.Of<ShapeException>(() => x.Conv2d(Tensor.Zeros([6, 4, 5, 5]), padding: 2, dilation: 3), "conv2d: the kernel must fit into the padded image, but x is [2, 4, 8, 8], weight is [6, 4, 5, 5], padding is [2, 2] and dilation is [3, 3]."),
                Misuse.Of<ShapeException>(() => x.Conv2d(Tensor.Zeros([6, 4, 3, 3]), Tensor.Zeros([4])), "conv2d: bias must have one element for each filter of weight, but bias is [4] and weight is [6, 4, 3, 3]."),
                Misuse.Of<ShapeException>(() => x.Conv2d(Tensor.Zeros([6, 4, 0, 3])), "conv2d: weight must have elements, but weight is [6, 4, 0, 3]."),
                Misuse.Of<ArgumentException>(() => x.Conv2d(Tensor.Zeros([6, 4, 3, 3]), stride: (0, 1)), "conv2d: stride and dilation must be at least 1 and padding at least 0, but stride is [0, 1], padding is [0, 0] and dilation is [1, 1]."),
                Misuse.Of<DTypeException>(() => x.To(DType.I64).Conv2d(Tensor.Zeros([6, 4, 3, 3])), "conv2d: elements must be floating-point numbers, but x is I64 and weight is F32. Hint: convert with To."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds convolutions to tensors.</summary>
    public static class ConvolutionSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Convolution of images: x [N, C, H, W] with weight [O, C/groups, kh, kw] gives [N, O, H', W'], H' = ⌊(H + 2·padding − dilation·(kh−1) − 1)/stride⌋ + 1.</summary>
            /// <param name="weight">The filters.</param>
            /// <param name="bias">[O], or none.</param>
            /// <param name="stride">How far the kernel moves from one output to the next.</param>
            /// <param name="padding">Zeros imagined before and after the image.</param>
            /// <param name="dilation">How far apart the kernel's taps look.</param>
            /// <param name="groups">Groups of channels that do not see each other; as many as channels is a depthwise convolution.</param>
            /// <exception cref="ShapeException">Axes, channels, groups or bias do not fit, or the kernel does not fit into the padded image.</exception>
            /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
            /// <exception cref="ArgumentException">A stride or dilation is below 1, or a padding below 0.</exception>
            [PyTorch("torch.nn.functional.conv2d", Differs = "`padding` is numbers: no `\"same\"`.")]
            public Tensor Conv2d(Tensor weight, Tensor? bias = null, Pair? stride = null, Pair padding = default, Pair? dilation = null, int groups = 1) =>
                Convolve(x, weight, bias, Window.Of("conv2d", (stride ?? 1).Sizes, padding.Sizes, (dilation ?? 1).Sizes), groups);

            /// <summary>Convolution of sequences: x [N, C, W] with weight [O, C/groups, kw] gives [N, O, W'].</summary>
            /// <inheritdoc cref="Conv2d(Tensor, Tensor, Tensor?, Pair?, Pair, Pair?, int)"/>
            [PyTorch("torch.nn.functional.conv1d", Differs = "`padding` is numbers: no `\"same\"`.")]
            public Tensor Conv1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
                Convolve(x, weight, bias, Window.Of("conv1d", [stride], [padding], [dilation]), groups);

            /// <summary>Convolution of volumes: x [N, C, D, H, W] with weight [O, C/groups, kd, kh, kw] gives [N, O, D', H', W'].</summary>
            /// <inheritdoc cref="Conv2d(Tensor, Tensor, Tensor?, Pair?, Pair, Pair?, int)"/>
            [PyTorch("torch.nn.functional.conv3d", Differs = "`padding` is numbers: no `\"same\"`. One number for all axes.")]
            public Tensor Conv3d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
                Convolve(x, weight, bias, Window.Of("conv3d", [stride, stride, stride], [padding, padding, padding], [dilation, dilation, dilation]), groups);
        }

        static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, Window window, int groups)
        {
            ArgumentNullException.ThrowIfNull(weight);
            var op = new Convolution(window, groups);
            return bias is null ? op.Apply(x, weight) : op.Apply(x, weight, bias);
        }
    }
}
