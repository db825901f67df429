using System.Runtime.CompilerServices;

namespace Adjoint.Ops
{
    /// <summary>The same elements in row-major order under another shape.</summary>
    /// <remarks>A view wherever strides allow it, otherwise a copy. Saves nothing.</remarks>
    /// <param name="Target">The shape of the result, with the same number of elements.</param>
    [GradientRule("y = x in another shape", "dx = dy in the shape of x")]
    public sealed record Reshape(Shape Target) : ViewOp, ISampled
    {
        private protected override ViewOp OfItems(long items) => new Reshape(Target.Insert(0, items));

        private protected override Tensor View(Tensor x)
        {
            if (Strides(x) is { } strides) return x.ViewAs(Target, strides, x.Offset);
            Tensor packed = x.Packed(), view = packed.ViewAs(Target, Target.Strides, 0);
            packed.Release();
            return view;
        }

        /// <summary>0 for a view; where it is a copy, that is read and written.</summary>
        protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Strides(inputs[0]) is null ? CopiedBytes(outputs) : 0;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient.Reshape(dy.InputShape(0));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [new(Target, inputs[0].Values)];

        /// <summary>The strides under which x's memory has the target shape, or null where no strides do.</summary>
        /// <remarks>
        /// Neighbouring axes of x that are jointly contiguous form a run: memory at one even step. An axis of the target is one
        /// even step too, so it must be cut out of a single run; from the last run and the last axis on, each axis takes the
        /// next factor of its run until the run is used up.
        /// </remarks>
        internal long[]? Strides(Tensor x)
        {
            if (x.IsContiguous) return Target.Strides;
            Stack<(long Size, long Step)> runs = Runs(x);
            (long left, long step) = (1, 1);
            long[] strides = new long[Target.Rank];
            for (int axis = Target.Rank - 1; axis >= 0; axis--)
            {
                if (left == 1 && Target[axis] != 1) (left, step) = runs.Pop();
                if (left % Target[axis] != 0) return null;
                strides[axis] = step;
                left /= Target[axis];
                step *= Target[axis];
            }

            return strides;
        }

        /// <summary>The runs of x, the last one on top. Axes of size 1 have no step and belong to no run.</summary>
        static Stack<(long Size, long Step)> Runs(Tensor x)
        {
            var runs = new Stack<(long Size, long Step)>();
            for (int axis = 0; axis < x.Rank; axis++)
            {
                (long size, long step) = (x.Shape[axis], x.Strides[axis]);
                if (size == 1) continue;
                if (runs.TryPeek(out (long Size, long Step) outer) && outer.Step == size * step) size *= runs.Pop().Size;
                runs.Push((size, step));
            }

            return runs;
        }

        internal static int InsertionAxis(Shape shape, int dim, string operation)
        {
            int axis = dim < 0 ? dim + shape.Rank + 1 : dim;
            return (uint)axis <= (uint)shape.Rank ? axis : throw new ShapeException($"{operation}: dim must be from {-shape.Rank - 1} to {shape.Rank}, but dim is {dim} and x is {shape}.");
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Reshape([4, 6]), random.Normal([2, 3, 4], dtype: DType.F64)),
            new(new Reshape([3, 1, 8]), random.Normal([2, 3, 4], dtype: DType.F64)),
            new(new Reshape([]), random.Normal([1, 1], dtype: DType.F64)),
            new(new Reshape([0, 5]), random.Normal([3, 0], dtype: DType.F64)),
            new(new Reshape([12]), random.Normal([3, 1, 4, 2], dtype: DType.F64).Select(3, 0)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Reshape([4, 2]), "reshape: the number of elements must stay the same, but x is [2, 3] with 6 elements and the shape is [4, 2]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Reshape([4, -1]), "reshape: -1 stands for the size that makes the number of elements fit, but x is [2, 3] with 6 elements and the other sizes of [4, -1] multiply to 4."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Reshape([-1, -1]), "reshape: only one size can be -1, but the sizes are [-1, -1]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Unsqueeze(3), "unsqueeze: dim must be from -3 to 2, but dim is 3 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Flatten(1, 0), "flatten: start must not come after end, but start is 1 and end is 0."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds reshaping to tensors.</summary>
    public static class ReshapeSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The same elements in row-major order under another shape; a view where possible. One size may be −1: it is inferred.</summary>
            /// <exception cref="ShapeException">The number of elements differs.</exception>
            [OverloadResolutionPriority(1)]
            [PyTorch("torch.reshape", "torch.Tensor.view", Differs = "A view where the strides allow it, else a copy; there is no `view` that insists.")]
            public Tensor Reshape(params ReadOnlySpan<long> sizes)
            {
                Shape target = Resolve(x.Shape, sizes);
                return target.Equals(x.Shape) ? x : new Ops.Reshape(target).Apply(x);
            }

            /// <inheritdoc cref="Reshape(Tensor, ReadOnlySpan{long})"/>
            public Tensor Reshape(Shape shape) => x.Reshape(shape.Sizes.AsSpan());

            /// <summary>Axes <paramref name="start"/> … <paramref name="end"/> joined into one.</summary>
            /// <exception cref="ShapeException">An axis does not exist.</exception>
            [PyTorch("torch.flatten")]
            public Tensor Flatten(int start = 0, int end = -1)
            {
                if (x.Rank == 0) return x.Reshape(1);
                int first = x.Shape.Axis(start, "flatten"), last = x.Shape.Axis(end, "flatten");
                if (first > last) throw new ShapeException($"flatten: start must not come after end, but start is {start} and end is {end}.");
                long joined = 1;
                for (int i = first; i <= last; i++) joined *= x.Shape[i];
                return x.Reshape([.. x.Shape.Sizes.AsSpan(0, first), joined, .. x.Shape.Sizes.AsSpan(last + 1)]);
            }

            /// <summary>With an axis of size 1 inserted before <paramref name="dim"/> (negative: counted from the end of the result).</summary>
            [PyTorch("torch.unsqueeze")]
            public Tensor Unsqueeze(int dim) => x.Reshape(x.Shape.Insert(Ops.Reshape.InsertionAxis(x.Shape, dim, "unsqueeze"), 1));

            /// <summary>Without the axis <paramref name="dim"/> if its size is 1; without all axes of size 1 if none is given.</summary>
            [PyTorch("torch.squeeze")]
            public Tensor Squeeze(int? dim = null)
            {
                if (dim is null) return x.Reshape(Shape.Create([.. x.Shape.Where(s => s != 1)]));
                int axis = x.Shape.Axis(dim.Value, "squeeze");
                return x.Shape[axis] == 1 ? x.Reshape(x.Shape.Without(axis)) : x;
            }
        }

        static Shape Resolve(Shape from, ReadOnlySpan<long> sizes)
        {
            int unknown = sizes.IndexOf(-1);
            if (unknown < 0)
            {
                Shape target = Shape.Create(sizes);
                return target.Elements == from.Elements ? target : throw new ShapeException($"reshape: the number of elements must stay the same, but x is {from} with {from.Elements} elements and the shape is {target}.");
            }

            if (sizes[(unknown + 1)..].Contains(-1)) throw new ShapeException($"reshape: only one size can be -1, but the sizes are [{string.Join(", ", sizes.ToArray())}].");
            long known = 1;
            for (int i = 0; i < sizes.Length; i++) if (i != unknown) known *= sizes[i];
            if (known <= 0 || from.Elements % known != 0) throw new ShapeException($"reshape: -1 stands for the size that makes the number of elements fit, but x is {from} with {from.Elements} elements and the other sizes of [{string.Join(", ", sizes.ToArray())}] multiply to {known}.");
            long[] resolved = sizes.ToArray();
            resolved[unknown] = from.Elements / known;
            return Resolve(from, resolved);
        }
    }
}
