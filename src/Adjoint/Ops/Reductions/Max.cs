namespace Adjoint.Ops
{
    /// <summary>Largest element along one axis, and where it is.</summary>
    /// <remarks>
    /// Two results: values, and indices in I64; the axis has size 1. Of equal elements the first is taken, and so is the first NaN
    /// where there is one. The gradient goes to the element taken. Saves the indices.
    /// </remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    [GradientRule("y = the largest x along an axis, and where it is", "dx = dy where it is, 0 elsewhere")]
    public sealed record Max(int Dim) : Extreme(Dim), ISampled
    {
        private protected override bool Largest => true;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Groups.AlongOneAxis(random, dim => new Max(dim));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Max(2), "max: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 0]).Max(1), "max: the axis must not be empty, but dim is 1 and x is [2, 0]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Max"/> to tensors.</summary>
    public static class MaxSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The largest element along an axis and its index (I64): the first of equal ones, which alone receives the gradient.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="keepDim">Leave the axis in the shape with size 1.</param>
            /// <exception cref="ShapeException">The axis does not exist or is empty.</exception>
            [PyTorch("torch.max", Differs = "Of two tensors: `a.Maximum(b)`.")]
            public (Tensor Values, Tensor Indices) Max(int dim, bool keepDim = false) => new Max(x.Shape.Axis(dim, "max")).Both(x, keepDim);

            /// <summary>The largest of all elements; equal ones share the gradient equally. Over several axes: <c>Amax</c>.</summary>
            /// <exception cref="ShapeException">There are no elements.</exception>
            [PyTorch("torch.max", Differs = "Equal elements share the gradient.")]
            public Tensor Max() => x.Amax();
        }
    }
}
