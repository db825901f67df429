using Adjoint.Kernels.Interpolation;

namespace Adjoint.Ops;

/// <summary>One axis made longer or shorter by weighted sums along it: <c>y[…, i, …] = Σ over k of w[i, k]·x[…, k, …]</c>.</summary>
/// <remarks>Linear in x: the gradient is the same operation with w transposed. Saves nothing.</remarks>
/// <param name="Dim">The axis.</param>
/// <param name="Taps">The weights w.</param>
/// <param name="Transposed">Whether w is transposed: from the result's length back to x's.</param>
[NotInPyTorch("one axis of Interpolate")]
[GradientRule("y[i] = Σ over k of w[i, k]·x[k] along an axis", "dx[k] = Σ over i of w[i, k]·dy[i]")]
public sealed record ResampleAxis(int Dim, AxisTaps Taps, bool Transposed = false) : Op, ISampled
{
    long Before => Transposed ? Taps.To : Taps.From;

    long After => Transposed ? Taps.From : Taps.To;

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        inputs[0].MustBeFloat(Name);
        Shape x = inputs[0].Shape;
        if (x.Rank <= Dim || x[Dim] != Before) throw new ShapeException($"{Name}: axis {Dim} of x must have the length that the weights are for, but x is {x} and the length is {Before}.");
        outputs[0] = new(x.With(Dim, After), inputs[0].DType);
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * Taps.Rows(Transposed).Weight.Length * (outputs[0].Shape.Elements / Math.Max(After, 1));

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor x = inputs[0].ForKernel(), y = outputs[0].KernelTarget();
        (long[] start, long[] column, double[] weight) = Taps.Rows(Transposed);
        if (x.DType == DType.F64) Run<double>(x, y, start, column, weight);
        else Run<float>(x, y, start, column, [.. weight.Select(w => (float)w)]);
        outputs[0].TakeFrom(y);
        GC.KeepAlive(x);
    }

    unsafe void Run<T>(Tensor x, Tensor y, long[] start, long[] column, T[] weight) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        long outer = 1, inner = 1;
        for (int i = 0; i < Dim; i++) outer *= x.Shape[i];
        for (int i = Dim + 1; i < x.Rank; i++) inner *= x.Shape[i];
        fixed (long* starts = start, columns = column)
        fixed (T* weights = weight)
            WeightedRows.Run((T*)x.Data, (T*)y.Data, outer, Before, After, inner, starts, columns, weights);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => (this with { Transposed = !Transposed }).Apply(dy.Gradient);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain x = inputs[0], y = Plain.Zeros(x.Shape.With(Dim, After));
        foreach (long[] index in Plain.Indices(x.Shape.With(Dim, Taps.To)))
        {
            foreach ((long element, double weight) in Taps.For(index[Dim]))
            {
                long[] other = [.. index];
                other[Dim] = element;
                (long[] to, long[] from) = Transposed ? (other, index) : (index, other);
                y[to] += weight * x[from];
            }
        }

        return [y];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        AxisTaps[] taps =
        [
            new(5, 10, InterpolationMode.Nearest), new(7, 3, InterpolationMode.Nearest, 0.5), new(5, 8, InterpolationMode.NearestExact),
            new(4, 7, InterpolationMode.Linear), new(5, 3, InterpolationMode.Linear), new(4, 9, InterpolationMode.Linear, AlignCorners: true),
            new(1, 3, InterpolationMode.Linear), new(5, 5, InterpolationMode.Linear, 1.1), new(6, 1, InterpolationMode.Linear, AlignCorners: true),
            new(4, 11, InterpolationMode.Cubic), new(7, 5, InterpolationMode.Cubic, AlignCorners: true), new(7, 3, InterpolationMode.Area), new(3, 8, InterpolationMode.Area),
        ];
        foreach (AxisTaps t in taps)
        {
            yield return new(new ResampleAxis(2, t), random.Normal([2, 3, t.From], dtype: DType.F64));
            yield return new(new ResampleAxis(1, t), random.Normal([2, t.From, 37], dtype: DType.F64));
            yield return new(new ResampleAxis(0, t, Transposed: true), random.Normal([t.To, 3], dtype: DType.F64));
        }

        yield return new(new ResampleAxis(1, new(3, 2, InterpolationMode.Linear)), random.Normal([0, 3, 4], dtype: DType.F64));
    }

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random)
    {
        Tensor x = Tensor.Zeros([1, 2, 4, 5]);
        return
        [
            Misuse.Of<ShapeException>(() => new ResampleAxis(1, new(3, 2, InterpolationMode.Area)).Apply(Tensor.Zeros([2, 4])), "resample_axis: axis 1 of x must have the length that the weights are for, but x is [2, 4] and the length is 3."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 5]).Interpolate([8, 10]), "interpolate: x must be [N, C, …] with axes behind the channels, but it is [4, 5]."),
            Misuse.Of<ShapeException>(() => x.Interpolate([7]), "interpolate: size must have a length for each axis behind the channels, but size is [7] and x is [1, 2, 4, 5]."),
            Misuse.Of<ShapeException>(() => x.Interpolate([7, 0]), "interpolate: images must not be empty, but x is [1, 2, 4, 5] and size is [7, 0]."),
            Misuse.Of<ArgumentException>(() => x.InterpolateBy([2, 2, 2]), "interpolate: there must be one factor for all axes behind the channels or one for each, but there are 3 and x is [1, 2, 4, 5]."),
            Misuse.Of<ArgumentException>(() => x.InterpolateBy(-1), "interpolate: factors must be positive numbers, but one is -1."),
            Misuse.Of<ArgumentException>(() => x.Interpolate([8, 10], alignCorners: true), "interpolate: corners can be aligned by linear and cubic interpolation only, but the mode is Nearest."),
        ];
    }
}
