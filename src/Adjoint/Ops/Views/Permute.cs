namespace Adjoint.Ops
{
    /// <summary>The axes in another order: axis i of the result is axis <c>Order[i]</c> of x. A view; saves nothing.</summary>
    /// <param name="Order">A permutation of the axes.</param>
    [GradientRule("y = x with its axes in another order", "dx = dy with its axes back in order")]
    public sealed record Permute(Shape Order) : ViewOp, ISampled
    {
        private protected override ViewOp OfItems(long items) => new Permute(Shape.Create([0, .. Order.Select(axis => axis + 1)]));

        private protected override Tensor View(Tensor x)
        {
            long[] sizes = [.. Order.Select(axis => x.Shape[(int)axis])];
            long[] strides = [.. Order.Select(axis => x.Strides[(int)axis])];
            return x.ViewAs(Shape.Create(sizes), strides, x.Offset);
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            long[] back = new long[Order.Rank];
            for (int i = 0; i < back.Length; i++) back[Order[i]] = i;
            return new Permute(Shape.Create(back)).Apply(dy.Gradient);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            long[] from = new long[Order.Rank];
            return
            [
                Plain.Make(Shape.Create([.. Order.Select(axis => inputs[0].Shape[(int)axis])]), index =>
                {
                    for (int i = 0; i < from.Length; i++) from[Order[i]] = index[i];
                    return inputs[0][from];
                }),
            ];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Permute([2, 0, 1]), random.Normal([2, 3, 4], dtype: DType.F64)),
            new(new Permute([1, 0]), random.Normal([17, 5], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Permute(0, 0), "permute: dims must name each axis once, but dims are [0, 0] and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds reordering of axes to tensors.</summary>
    public static class PermuteSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The axes in the order given: axis i of the result is axis <c>dims[i]</c> of this tensor. A view.</summary>
            /// <exception cref="ShapeException"><paramref name="dims"/> does not name each axis once.</exception>
            [PyTorch("torch.permute")]
            public Tensor Permute(params ReadOnlySpan<int> dims)
            {
                long[] order = new long[dims.Length];
                for (int i = 0; i < order.Length; i++) order[i] = x.Shape.Axis(dims[i], "permute");
                if (order.Length != x.Rank || order.Distinct().Count() != x.Rank) throw new ShapeException($"permute: dims must name each axis once, but dims are [{string.Join(", ", dims.ToArray())}] and x is {x.Shape}.");
                return new Ops.Permute(Shape.Create(order)).Apply(x);
            }

            /// <summary>Two axes swapped. A view.</summary>
            /// <exception cref="ShapeException">An axis does not exist.</exception>
            [PyTorch("torch.transpose", "torch.swapaxes", "torch.t")]
            public Tensor Transpose(int dim0, int dim1)
            {
                int first = x.Shape.Axis(dim0, "transpose"), second = x.Shape.Axis(dim1, "transpose");
                if (first == second) return x;
                int[] order = [.. Enumerable.Range(0, x.Rank)];
                (order[first], order[second]) = (order[second], order[first]);
                return x.Permute(order);
            }

            /// <summary>The last two axes swapped: the transpose of each matrix. A view.</summary>
            [PyTorch("torch.Tensor.mT", "torch.Tensor.T", Differs = "Swaps the last two axes of any tensor, as `mT`; `T` of PyTorch reverses all axes.")]
            public Tensor T => x.Transpose(-2, -1);
        }
    }
}
