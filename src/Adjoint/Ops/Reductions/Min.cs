namespace Adjoint.Ops
{
    /// <summary>Smallest element along one axis, and where it is.</summary>
    /// <remarks>
    /// Two results: values, and indices in I64; the axis has size 1. Of equal elements the first is taken, and so is the first NaN
    /// where there is one. The gradient goes to the element taken. Saves the indices.
    /// </remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    [GradientRule("y = the smallest x along an axis, and where it is", "dx = dy where it is, 0 elsewhere")]
    public sealed record Min(int Dim) : Extreme(Dim), ISampled
    {
        private protected override bool Largest => false;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Groups.AlongOneAxis(random, dim => new Min(dim));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Min(2), "min: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 0]).Min(1), "min: the axis must not be empty, but dim is 1 and x is [2, 0]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Min"/> to tensors.</summary>
    public static class MinSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The smallest element along an axis and its index (I64): the first of equal ones, which alone receives the gradient.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="keepDim">Leave the axis in the shape with size 1.</param>
            /// <exception cref="ShapeException">The axis does not exist or is empty.</exception>
            [PyTorch("torch.min", Differs = "Of two tensors: `a.Minimum(b)`.")]
            public (Tensor Values, Tensor Indices) Min(int dim, bool keepDim = false) => new Min(x.Shape.Axis(dim, "min")).Both(x, keepDim);

            /// <summary>The smallest of all elements; equal ones share the gradient equally. Over several axes: <c>Amin</c>.</summary>
            /// <exception cref="ShapeException">There are no elements.</exception>
            [PyTorch("torch.min", Differs = "Equal elements share the gradient.")]
            public Tensor Min() => x.Amin();
        }
    }
}
