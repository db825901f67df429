using Adjoint.Kernels.Copy;

namespace Adjoint.Ops;

/// <summary>What the lower and the upper triangle have in common. Saves nothing.</summary>
/// <param name="Diagonal">The outermost diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
public abstract record Triangular(long Diagonal) : Op
{
    /// <summary>Whether the upper triangle is kept.</summary>
    private protected abstract bool Upper { get; }

    /// <inheritdoc/>
    protected internal sealed override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        if (inputs[0].Rank < 2) throw new ShapeException($"{Name}: x must have rows and columns, but x is {inputs[0].Shape}.");
        outputs[0] = inputs[0].Spec;
    }

    /// <inheritdoc/>
    protected internal sealed override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Tensor x = inputs[0].Packed();
        (long rows, long columns) = (x.Shape[^2], x.Shape[^1]);
        if (x.Elements == 0) return;
        long diagonal = Math.Clamp(Diagonal, -rows, columns);
        Triangle.Run(x.Data, outputs[0].Data, x.Elements / (rows * columns), rows, columns, x.DType.Bytes, diagonal, Upper);
        GC.KeepAlive(x);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this);

    /// <inheritdoc/>
    protected internal sealed override Tensor? Vjp(Cotangents dy, int input) => Apply(dy.Gradient);

    /// <inheritdoc/>
    public sealed override Plain[] Reference(Plain[] inputs) =>
        [Plain.Make(inputs[0].Shape, index => (Upper ? index[^1] >= index[^2] + Diagonal : index[^1] <= index[^2] + Diagonal) ? inputs[0][index] : 0)];

    private protected static IEnumerable<Sample> Samples(Generator random, Func<long, Op> op) =>
    [
        new(op(0), random.Normal([4, 4], dtype: DType.F64)),
        new(op(-1), random.Normal([2, 5, 3], dtype: DType.F64)),
        new(op(2), random.Normal([3, 6], dtype: DType.F64)),
        new(op(-9), random.Normal([3, 2], dtype: DType.F64)),
        new(op(9), random.Normal([1, 1], dtype: DType.F64)),
        new(op(0), random.Normal([2, 0, 3], dtype: DType.F64)),
    ];
}
