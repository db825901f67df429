using Adjoint.Kernels.Convolution;

namespace Adjoint.Ops;

/// <summary>How a window moves over the axes of an image; a value, one number per axis.</summary>
/// <param name="Stride">How far it moves from one output to the next.</param>
/// <param name="Padding">How many positions are imagined before and after the image.</param>
/// <param name="Dilation">How far apart the positions inside the window are.</param>
public sealed record Window(Shape Stride, Shape Padding, Shape Dilation)
{
    /// <summary>The number of axes of an image.</summary>
    public int Rank => Stride.Rank;

    /// <summary>Checks what the user wrote and makes it a value.</summary>
    /// <exception cref="ArgumentException">A stride or dilation is below 1, or a padding below 0.</exception>
    public static Window Of(string operation, ReadOnlySpan<int> stride, ReadOnlySpan<int> padding, ReadOnlySpan<int> dilation)
    {
        bool valid = true;
        foreach (int s in stride) valid &= s >= 1;
        foreach (int p in padding) valid &= p >= 0;
        foreach (int d in dilation) valid &= d >= 1;
        if (!valid) throw new ArgumentException($"{operation}: stride and dilation must be at least 1 and padding at least 0, but stride is {Text(stride)}, padding is {Text(padding)} and dilation is {Text(dilation)}.");
        return new(Sizes(stride), Sizes(padding), Sizes(dilation));
    }

    /// <summary>How many outputs there are along an axis; 0 or less where the window does not fit.</summary>
    public long Outputs(int axis, long input, long kernel)
    {
        long free = input + 2 * Padding[axis] - Dilation[axis] * (kernel - 1) - 1;
        return free < 0 ? 0 : free / Stride[axis] + 1;
    }

    /// <summary>The shape of a convolution's result.</summary>
    internal Shape Result(Shape x, Shape weight)
    {
        long[] sizes = [x[0], weight[0], .. new long[Rank]];
        for (int i = 0; i < Rank; i++) sizes[i + 2] = Outputs(i, x[i + 2], weight[i + 2]);
        return Shape.Create(sizes);
    }

    /// <summary>What the kernels need to know of a convolution.</summary>
    internal Geometry Geometry(Shape x, Shape weight, long groups)
    {
        return new(x[0], groups, weight[1], weight[0] / groups, Axis(3), Axis(2), Axis(1));

        WindowAxis Axis(int fromEnd)
        {
            int i = Rank - fromEnd;
            return i < 0 ? WindowAxis.None : new(x[i + 2], Outputs(i, x[i + 2], weight[i + 2]), weight[i + 2], Stride[i], Padding[i], Dilation[i]);
        }
    }

    /// <summary>Every product of a convolution: which element of y it is added to, and which of x and of the weight it multiplies. The arrays are reused.</summary>
    internal IEnumerable<(long[] Y, long[] X, long[] Weight)> Products(Shape x, Shape weight, long groups)
    {
        long[] at = new long[x.Rank];
        foreach (long[] y in Plain.Indices(Result(x, weight)))
        {
            foreach (long[] w in Plain.Indices(weight.With(0, 1)))
            {
                long group = y[1] / (weight[0] / groups);
                (at[0], at[1]) = (y[0], group * weight[1] + w[1]);
                bool inside = true;
                for (int i = 0; i < Rank; i++)
                {
                    at[i + 2] = y[i + 2] * Stride[i] - Padding[i] + w[i + 2] * Dilation[i];
                    inside &= at[i + 2] >= 0 && at[i + 2] < x[i + 2];
                }

                if (!inside) continue;
                w[0] = y[1];
                yield return (y, at, w);
                w[0] = 0;
            }
        }
    }

    static Shape Sizes(ReadOnlySpan<int> sizes)
    {
        long[] longs = new long[sizes.Length];
        for (int i = 0; i < longs.Length; i++) longs[i] = sizes[i];
        return Shape.Create(longs);
    }

    static string Text(ReadOnlySpan<int> sizes) => $"[{string.Join(", ", sizes.ToArray())}]";
}
