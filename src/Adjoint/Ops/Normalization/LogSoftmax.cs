namespace Adjoint.Ops
{
    /// <summary>Logarithm of softmax along one axis: <c>y = x − ln Σ eˣ</c>.</summary>
    /// <remarks>The maximum is taken out first, so that nothing overflows. Saves y.</remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    [GradientRule("y = x − ln Σ eˣ", "dx = dy − eʸ · Σ dy")]
    public sealed record LogSoftmax(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            inputs[0].MustBeFloat(Name);
            outputs[0] = inputs[0].Spec;
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 5 * inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            var form = new RowForm(inputs[0].Shape, Dim);
            Tensor x = form.Read(inputs[0]), y = form.Target(outputs[0]);
            if (x.DType == DType.F64) Kernels.Normalization.Softmax.Log((double*)x.Data, (double*)y.Data, form.Count, form.Length);
            else Kernels.Normalization.Softmax.Log((float*)x.Data, (float*)y.Data, form.Count, form.Length);
            form.Store(y, outputs[0]);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Output(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new LogSoftmaxBackward(Dim).Apply(dy.Gradient, dy.Output(0));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
        [
            Groups.Along(inputs[0], Axes.Of([Dim], inputs[0].Shape, Name), g =>
            {
                double max = g.Max(), sum = g.Sum(v => Math.Exp(v - max));
                return [.. g.Select(v => v - max - Math.Log(sum))];
            }),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Groups.AlongOneAxis(random, dim => new LogSoftmax(dim));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).LogSoftmax(2), "log_softmax: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 3], DType.I64).LogSoftmax(1), "log_softmax: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.LogSoftmax"/> to tensors.</summary>
    public static class LogSoftmaxSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Logarithm of softmax along an axis: <c>y = x − ln Σ eˣ</c>.</summary>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
            [PyTorch("torch.log_softmax", "torch.nn.functional.log_softmax")]
            public Tensor LogSoftmax(int dim) => new Ops.LogSoftmax(x.Shape.Axis(dim, "log_softmax")).Apply(x);
        }
    }
}
