namespace Adjoint.Ops
{
    /// <summary>Largest element along one axis, and where it is.</summary>
    /// <remarks>
    /// Two results: values, and indices in I64; the axis has size 1. Of equal elements the first is taken, and so is the first NaN
    /// where there is one. The gradient goes to the element taken. Saves the indices.
    /// </remarks>
    /// <param name="Dim">The axis, counted from 0.</param>
    public sealed record Max(int Dim) : Op, ISampled
    {
        /// <inheritdoc/>
        public override int OutputCount => 2;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Shape shape = inputs[0].Shape;
            if (shape[Dim] == 0) throw new ShapeException($"{Name}: the axis must not be empty, but dim is {Dim} and x is {shape}.");
            outputs[0] = new(shape.With(Dim, 1), inputs[0].DType);
            outputs[1] = new(shape.With(Dim, 1), DType.I64);
        }

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Extremes.Run(inputs[0], outputs[0], outputs[1], new RowForm(inputs[0].Shape, Dim), largest: true);

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Output(1);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            new PlaceAlong(Dim, dy.InputShape(0)[Dim]).Apply(dy.Gradient, dy.Output(1));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            int dim = Dim;
            Axes over = Axes.Of([dim], inputs[0].Shape, Name);
            return
            [
                Groups.Each(inputs[0], over, g => g.Max()),
                Groups.Each(inputs[0], over, g => Array.IndexOf(g, g.Max())),
            ];
        }

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
            public (Tensor Values, Tensor Indices) Max(int dim, bool keepDim = false)
            {
                int axis = x.Shape.Axis(dim, "max");
                Tensor[] both = new Max(axis).ApplyAll(x);
                return keepDim ? (both[0], both[1]) : (both[0].Reshape(x.Shape.Without(axis)), both[1].Reshape(x.Shape.Without(axis)));
            }
        }
    }
}
