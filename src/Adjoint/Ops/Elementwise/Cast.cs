namespace Adjoint.Ops
{
    /// <summary>Conversion to another element type: <c>y = x</c>, rounded.</summary>
    /// <remarks>To a narrower floating-point type: to nearest, ties to even. To integers: toward zero. To Bool: whether not zero. Saves nothing.</remarks>
    /// <param name="To">The type of the result.</param>
    public sealed record Cast(DType To) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Identity;

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => To;

        /// <inheritdoc/>
        protected override DType ComputeType(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.F64 ? DType.F64 : inputs[0].DType.Promote(To).Compute;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Cast(DType.F64), random.Normal([3, 5], dtype: DType.F64)),
            new(new Cast(DType.F64), random.Integers([7], -9, 9)),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Cast"/> to tensors.</summary>
    public static class CastSyntax
    {
        extension(Tensor x)
        {
            /// <summary>This tensor in another element type; itself if it has that type already.</summary>
            [PyTorch("torch.Tensor.to", "torch.Tensor.type", "torch.Tensor.float", "torch.Tensor.double", "torch.Tensor.half", "torch.Tensor.bfloat16", "torch.Tensor.long", "torch.Tensor.int", "torch.Tensor.bool", Differs = "Types only: there is one device. One method for all types.")]
            public Tensor To(DType dtype) => x.DType == dtype ? x : new Ops.Cast(dtype).Apply(x);
        }
    }
}
