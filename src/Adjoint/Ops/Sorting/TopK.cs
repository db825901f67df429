namespace Adjoint.Ops
{
    /// <summary>The largest or smallest elements along one axis in order, and where they were.</summary>
    /// <remarks>
    /// Two results, values and indices in I64, whose axis has size Count. Of equal elements the first ones are taken; NaN counts as
    /// larger than everything. The gradient goes back to the places. Saves the indices.
    /// </remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Largest">The largest, largest first; else the smallest, smallest first.</param>
    [GradientRule("y = the first k of x in order along an axis", "dx = dy where its element came from, 0 elsewhere")]
    public sealed record TopK(int Dim, long Count, bool Largest) : Ordering(Dim), ISampled
    {
        /// <inheritdoc/>
        public override string Name => "topk";

        private protected override bool IsDescending => Largest;

        private protected override long CountOf(long size) => Count;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new TopK(1, 3, true), Apart(random, [4, 9])),
            new(new TopK(0, 2, false), Apart(random, [5, 3, 2])),
            new(new TopK(1, 4, true), Apart(random, [2, 4, 3])),
            new(new TopK(0, 0, true), Apart(random, [5])),
            new(new TopK(1, 5, true), random.Integers([3, 20], 0, 4)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).TopK(1, 2), "topk: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 3]).TopK(4), "topk: count must be from 0 to the axis' size, but count is 4, dim is 1 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.TopK"/> to tensors.</summary>
    public static class TopKSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The largest (or smallest) elements along an axis in order, and the place (I64) of each.</summary>
            /// <param name="count">How many.</param>
            /// <param name="dim">The axis.</param>
            /// <param name="largest">The largest, largest first; else the smallest, smallest first.</param>
            /// <exception cref="ShapeException">The axis does not exist.</exception>
            /// <exception cref="ArgumentOutOfRangeException">The axis has fewer elements, or the count is negative.</exception>
            [PyTorch("torch.topk", Differs = "Always sorted; `k` is `count`.")]
            public (Tensor Values, Tensor Indices) TopK(long count, int dim = -1, bool largest = true)
            {
                int axis = x.Shape.Axis(dim, "topk");
                if (count < 0 || count > x.Shape[axis]) throw new ArgumentOutOfRangeException(null, $"topk: count must be from 0 to the axis' size, but count is {count}, dim is {axis} and x is {x.Shape}.");
                Tensor[] both = new TopK(axis, count, largest).ApplyAll(x);
                return (both[0], both[1]);
            }
        }
    }
}
