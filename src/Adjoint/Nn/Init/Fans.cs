namespace Adjoint.Nn;

/// <summary>How many inputs feed one output of a weight, and how many outputs one input feeds.</summary>
/// <remarks>A weight is [out, in, kernel…]: <c>fanIn = in · Π kernel</c>, <c>fanOut = out · Π kernel</c>. With groups, in is a group's.</remarks>
/// <param name="In">Inputs to one output.</param>
/// <param name="Out">Outputs of one input.</param>
public readonly record struct Fans(long In, long Out)
{
    /// <summary>The fans of a linear or convolution weight.</summary>
    /// <exception cref="ShapeException">The weight has fewer than two axes.</exception>
    public static Fans Of(Shape weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank < 2) throw new ShapeException($"init: fans need a weight of at least two axes, [out, in, kernel…], but the shape is {weight}.");
        long kernel = 1;
        for (int axis = 2; axis < weight.Rank; axis++) kernel *= weight[axis];
        return new(weight[1] * kernel, weight[0] * kernel);
    }

    /// <summary>The fan that an initial scale is chosen by.</summary>
    public long this[FanMode mode] => mode == FanMode.In ? In : Out;
}

/// <summary>Which direction keeps its variance.</summary>
public enum FanMode
{
    /// <summary>Values keep their variance on the way forward.</summary>
    In,

    /// <summary>Gradients keep their variance on the way backward.</summary>
    Out,
}
