using Adjoint.Kernels.Copy;

namespace Adjoint.Ops
{
    /// <summary>The same elements in new memory, in order and without gaps: <c>y = x</c>.</summary>
    /// <remarks>Any element type, bit for bit. Saves nothing.</remarks>
    [GradientRule("y = x", "dx = dy")]
    public sealed record Copy : Op, ISampled
    {
        internal static Copy Instance { get; } = new();

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[0].Spec;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            StridedCopy.Run(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [inputs[0]];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(Instance, random.Normal([3, 5], dtype: DType.F64)),
            new(Instance, random.Normal([7, 4, 3], dtype: DType.F64).Transpose(0, 2)),
            new(Instance, random.Normal([], dtype: DType.F64)),
            new(Instance, random.Normal([2, 0], dtype: DType.F64)),
            new(Instance, random.Integers([4], -9, 9)),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Copy"/> to tensors.</summary>
    public static class CopySyntax
    {
        extension(Tensor x)
        {
            /// <summary>A contiguous copy.</summary>
            [PyTorch("torch.clone", "torch.Tensor.clone")]
            public Tensor Copy() => Ops.Copy.Instance.Apply(x);

            /// <summary>This tensor if its elements lie in order without gaps, else a contiguous copy.</summary>
            [PyTorch("torch.Tensor.contiguous")]
            public Tensor Contiguous() => x.IsContiguous ? x : x.Copy();

            /// <summary>The same for use inside a kernel's caller: nothing is recorded.</summary>
            internal Tensor Packed()
            {
                if (x.IsContiguous) return x;
                Tensor packed = x.IsShapeOnly ? Tensor.WithoutData(x.Shape, x.DType) : Tensor.Allocate(x.Shape, x.DType);
                if (!packed.IsShapeOnly) StridedCopy.Run(x.Operand, packed.Operand);
                GC.KeepAlive(x);
                return packed;
            }
        }
    }
}
