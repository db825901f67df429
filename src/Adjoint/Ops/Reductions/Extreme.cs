namespace Adjoint.Ops;

/// <summary>What the largest and the smallest element along one axis have in common.</summary>
/// <param name="Dim">The axis, counted from 0.</param>
public abstract record Extreme(int Dim) : Op
{
    /// <summary>Whether the largest element is looked for.</summary>
    private protected abstract bool Largest { get; }

    /// <inheritdoc/>
    public sealed override int OutputCount => 2;

    /// <inheritdoc/>
    protected internal sealed override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape shape = inputs[0].Shape;
        if (shape[Dim] == 0) throw new ShapeException($"{Name}: the axis must not be empty, but dim is {Dim} and x is {shape}.");
        outputs[0] = new(shape.With(Dim, 1), inputs[0].DType);
        outputs[1] = new(shape.With(Dim, 1), DType.I64);
    }

    /// <inheritdoc/>
    protected internal sealed override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

    /// <inheritdoc/>
    protected internal sealed override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
        Extremes.Run(inputs[0], outputs[0], outputs[1], new RowForm(inputs[0].Shape, Dim), Largest);

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

    /// <inheritdoc/>
    protected internal sealed override Saves Needs(int input) => Saves.Output(1);

    /// <inheritdoc/>
    protected internal sealed override Tensor? Vjp(Cotangents dy, int input) =>
        new PlaceAlong(Dim, dy.InputShape(0)[Dim]).Apply(dy.Gradient, dy.Output(1));

    /// <inheritdoc/>
    public sealed override Plain[] Reference(Plain[] inputs)
    {
        Axes over = Axes.Of([Dim], inputs[0].Shape, Name);
        return
        [
            Groups.Each(inputs[0], over, Taken),
            Groups.Each(inputs[0], over, g => Array.IndexOf(g, Taken(g))),
        ];
    }

    double Taken(double[] group) => Largest ? group.Max() : group.Min();

    /// <summary>Values and indices, with the axis kept or dropped.</summary>
    internal (Tensor Values, Tensor Indices) Both(Tensor x, bool keepDim)
    {
        Tensor[] both = ApplyAll(x);
        return keepDim ? (both[0], both[1]) : (both[0].Reshape(x.Shape.Without(Dim)), both[1].Reshape(x.Shape.Without(Dim)));
    }
}
