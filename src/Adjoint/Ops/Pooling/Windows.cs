using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops;

/// <summary>How a pooling lays windows on images; a value.</summary>
public abstract record Windows
{
    /// <summary>The kind in an operation's name: <c>""</c> or <c>"adaptive_"</c>.</summary>
    internal abstract string Kind { get; }

    /// <summary>The windows along an axis (0: rows, 1: along a row) of that size.</summary>
    /// <exception cref="ShapeException">No window fits.</exception>
    private protected abstract PoolAxis Axis(int axis, Shape x, string operation);

    /// <summary>What the kernels need to know of a pooling of x; checks that the windows fit.</summary>
    internal PoolPlan Plan(Shape x, string operation)
    {
        if (x.Rank != 4) throw new ShapeException($"{operation}: x must have the axes [N, C, H, W], but x is {x}.");
        return new(x[0] * x[1], Axis(0, x, operation), Axis(1, x, operation));
    }

    /// <summary>Every pair of an output and an input that it looks at.</summary>
    internal IEnumerable<(long[] Y, long[] X)> Pairs(Shape x)
    {
        PoolPlan plan = Plan(x, "pool");
        foreach (long[] y in Plain.Indices(Result(x, plan)))
        {
            (long top, long bottom) = plan.H.Window(y[2]);
            (long left, long right) = plan.W.Window(y[3]);
            for (long i = top; i < bottom; i += plan.H.Dilation)
                for (long j = left; j < right; j += plan.W.Dilation) yield return (y, [y[0], y[1], i, j]);
        }
    }

    /// <summary>The shape of the result.</summary>
    internal static Shape Result(Shape x, in PoolPlan plan) => [x[0], x[1], plan.H.Out, plan.W.Out];
}

/// <summary>Windows of one size that slide over the image.</summary>
/// <param name="Kernel">The size of a window.</param>
/// <param name="Window">Stride, padding and dilation.</param>
/// <param name="CeilMode">Whether a last window that begins inside the image (or the padding before it) but ends outside counts.</param>
/// <param name="CountPadding">Whether a mean counts positions in the padding as zeros.</param>
public sealed record SlidingWindows(Shape Kernel, Window Window, bool CeilMode, bool CountPadding) : Windows
{
    /// <summary>Checks what the user wrote and makes it a value.</summary>
    /// <exception cref="ArgumentException">A kernel, stride or dilation is below 1, or a padding below 0 or above half the kernel.</exception>
    public static SlidingWindows Of(string operation, Pair kernel, Pair stride, Pair padding, Pair dilation, bool ceilMode, bool countPadding)
    {
        if (kernel.Height < 1 || kernel.Width < 1) throw new ArgumentException($"{operation}: the kernel must be at least 1, but it is {kernel}.");
        Window window = Window.Of(operation, stride.Sizes, padding.Sizes, dilation.Sizes);
        if (2 * padding.Height > kernel.Height || 2 * padding.Width > kernel.Width) throw new ArgumentException($"{operation}: padding must be at most half the kernel, but padding is {padding} and the kernel is {kernel}.");
        return new([kernel.Height, kernel.Width], window, ceilMode, countPadding);
    }

    internal override string Kind => "";

    private protected override PoolAxis Axis(int axis, Shape x, string operation)
    {
        long input = x[axis + 2], stride = Window.Stride[axis], before = Window.Padding[axis];
        long free = input + 2 * before - Window.Dilation[axis] * (Kernel[axis] - 1) - 1 + (CeilMode ? stride - 1 : 0);
        if (free < 0 || input == 0) throw new ShapeException($"{operation}: the kernel must fit into the padded image, but x is {x}, the kernel is {Kernel}, padding is {Window.Padding} and dilation is {Window.Dilation}.");
        long output = free / stride + 1;
        if (CeilMode && (output - 1) * stride >= input + before) output--;
        return new(input, output, Kernel[axis], stride, before, Window.Dilation[axis], CountPadding);
    }
}

/// <summary>As many windows as asked for, dividing the image as evenly as whole numbers allow.</summary>
/// <param name="Size">Height and width of the result.</param>
public sealed record AdaptiveWindows(Shape Size) : Windows
{
    /// <summary>Checks what the user wrote and makes it a value.</summary>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public static AdaptiveWindows Of(string operation, Pair size) => size.Height >= 1 && size.Width >= 1
        ? new([size.Height, size.Width])
        : throw new ArgumentException($"{operation}: the result must have sizes of at least 1, but they are {size}.");

    internal override string Kind => "adaptive_";

    private protected override PoolAxis Axis(int axis, Shape x, string operation) => x[axis + 2] > 0
        ? PoolAxis.Adaptive(x[axis + 2], Size[axis])
        : throw new ShapeException($"{operation}: the image must have elements, but x is {x}.");
}
