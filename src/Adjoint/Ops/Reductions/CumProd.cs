namespace Adjoint.Ops
{
    /// <summary>Running product along an axis: <c>y[i] = x[0] · … · x[i]</c>.</summary>
    /// <remarks>The gradient is exact beside zeros too. Saves x.</remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    [GradientRule("y[i] = x[0] · … · x[i]", "dx[i] = Σ over k ≥ i of dy[k] · the product of the others up to k")]
    public sealed record CumProd(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
            outputs[0] = new(inputs[0].Shape, inputs[0].DType.IsFloat ? inputs[0].DType : DType.I64);

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            var form = new RowForm(inputs[0].Shape, Dim);
            Tensor x = form.Read(inputs[0].DType.IsFloat ? inputs[0] : inputs[0].To(DType.I64)), y = form.Target(outputs[0]);
            if (x.DType == DType.F64) Kernels.Reduction.Scan.Product((double*)x.Data, (double*)y.Data, form.Count, form.Length);
            else if (x.DType == DType.F32) Kernels.Reduction.Scan.Product((float*)x.Data, (float*)y.Data, form.Count, form.Length);
            else Kernels.Reduction.Scan.Product((long*)x.Data, (long*)y.Data, form.Count, form.Length);
            form.Store(y, outputs[0]);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new CumProdBackward(Dim).Apply(dy.Gradient, dy.Input(0));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
        [
            Groups.Along(inputs[0], Axes.Of([Dim], inputs[0].Shape, Name), g => [.. g.Select((_, i) => g.Take(i + 1).Aggregate(1.0, (a, b) => a * b))]),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Prod.WithZeros(Groups.AlongOneAxis(random, dim => new CumProd(dim), shape => random.Uniform(shape, 0.5, 1.5, DType.F64)));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).CumProd(2), "cum_prod: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.CumProd"/> to tensors.</summary>
    public static class CumProdSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The running product along an axis: <c>y[i] = x[0] · … · x[i]</c>.</summary>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            [PyTorch("torch.cumprod")]
            public Tensor CumProd(int dim) => new Ops.CumProd(x.Shape.Axis(dim, "cum_prod")).Apply(x);
        }
    }
}
