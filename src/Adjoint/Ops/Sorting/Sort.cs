namespace Adjoint.Ops
{
    /// <summary>Elements along one axis in order, and where they were.</summary>
    /// <remarks>
    /// Two results of x's shape: values, and indices in I64. Stable: equal elements stay in their order. NaN counts as larger than
    /// everything. The gradient goes back to the places. Saves the indices.
    /// </remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    /// <param name="Descending">The largest first.</param>
    [GradientRule("y = x in order along an axis", "dx = dy, each where its element came from")]
    public sealed record Sort(int Dim, bool Descending) : Ordering(Dim), ISampled
    {
        private protected override bool IsDescending => Descending;

        private protected override long CountOf(long size) => size;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            foreach (Sample sample in Groups.AlongOneAxis(random, dim => new Sort(dim, dim == 1), shape => Apart(random, shape))) yield return sample;
            foreach (bool descending in (bool[])[false, true])
            {
                yield return new(new Sort(1, descending), random.Integers([3, 40], -4, 5));
                yield return new(new Sort(0, descending), random.Integers([9, 2], 0, 2, DType.Bool));
                yield return new(new Sort(0, descending), Tensor.From([2, double.NaN, 0.5, double.NegativeInfinity, double.NaN, double.PositiveInfinity, 0.5])) { Constant = [0] };
            }
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Sort(2), "sort: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).ArgSort(-3), "argsort: dim must be an axis of x, from -2 to 1, but dim is -3 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Sort"/> to tensors.</summary>
    public static class SortSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The elements along an axis in order, and the place (I64) each of them had. Stable; NaN is the largest.</summary>
            /// <param name="dim">The axis.</param>
            /// <param name="descending">The largest first.</param>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            [PyTorch("torch.sort", Differs = "Always stable.")]
            public (Tensor Values, Tensor Indices) Sort(int dim = -1, bool descending = false)
            {
                Tensor[] both = new Sort(x.Shape.Axis(dim, "sort"), descending).ApplyAll(x);
                return (both[0], both[1]);
            }
        }
    }
}
