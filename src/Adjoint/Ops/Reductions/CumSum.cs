namespace Adjoint.Ops
{
    /// <summary>Running sum along an axis: <c>y[i] = x[0] + … + x[i]</c>, or from the end.</summary>
    /// <remarks>Integers and Bool add up in I64, F32 in double precision before rounding. Saves nothing.</remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    /// <param name="Reverse">Start at the end: <c>y[i] = x[i] + … + x[n−1]</c>.</param>
    [GradientRule("y[i] = x[0] + … + x[i]", "dx[i] = Σ of dy[k] over k ≥ i")]
    public sealed record CumSum(int Dim, bool Reverse) : Op, ISampled
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
            if (x.DType == DType.F64) Kernels.Reduction.Scan.Sum<double, double>((double*)x.Data, (double*)y.Data, form.Count, form.Length, Reverse);
            else if (x.DType == DType.F32) Kernels.Reduction.Scan.Sum<float, double>((float*)x.Data, (float*)y.Data, form.Count, form.Length, Reverse);
            else Kernels.Reduction.Scan.Sum<long, long>((long*)x.Data, (long*)y.Data, form.Count, form.Length, Reverse);
            form.Store(y, outputs[0]);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => new CumSum(Dim, !Reverse).Apply(dy.Gradient);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
        [
            Groups.Along(inputs[0], Axes.Of([Dim], inputs[0].Shape, Name), g => [.. g.Select((_, i) => Reverse ? g.Skip(i).Sum() : g.Take(i + 1).Sum())]),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Groups.AlongOneAxis(random, dim => new CumSum(dim, false)),
            .. Groups.AlongOneAxis(random, dim => new CumSum(dim, true)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).CumSum(2), "cum_sum: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.CumSum"/> to tensors.</summary>
    public static class CumSumSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The running sum along an axis: <c>y[i] = x[0] + … + x[i]</c>.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="reverse">Start at the end.</param>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            [PyTorch("torch.cumsum", Differs = "`reverse: true` sums from the end.")]
            public Tensor CumSum(int dim, bool reverse = false) => new Ops.CumSum(x.Shape.Axis(dim, "cum_sum"), reverse).Apply(x);
        }
    }
}
