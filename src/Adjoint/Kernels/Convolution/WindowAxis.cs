namespace Adjoint.Kernels.Convolution;

/// <summary>How a window moves along one axis: output o looks with tap t at input o·Stride − Before + t·Dilation.</summary>
internal readonly record struct WindowAxis(long In, long Out, long Kernel, long Stride, long Before, long Dilation)
{
    /// <summary>An axis along which nothing happens: the missing ones of convolutions in fewer dimensions.</summary>
    public static WindowAxis None => new(1, 1, 1, 1, 0, 1);

    /// <summary>The input that a tap of an output looks at; it may lie outside.</summary>
    public long Input(long output, long tap) => output * Stride - Before + tap * Dilation;

    /// <summary>Whether the input exists.</summary>
    public bool Has(long input) => (ulong)input < (ulong)In;

    /// <summary>The axis of the input's gradient, whose windows move over the output's: by single steps, whatever the stride.</summary>
    public WindowAxis Turned() => new(Out, In, Kernel, 1, (Kernel - 1) * Dilation - Before, Dilation);

    /// <summary>The part of <paramref name="first"/> … <paramref name="end"/> (outputs) for which a tap looks inside; empty: both ends are equal.</summary>
    public (long First, long End) Inside(long tap, long first, long end)
    {
        long offset = tap * Dilation - Before;
        long low = offset >= 0 ? 0 : (-offset + Stride - 1) / Stride;
        long high = In > offset ? (In - 1 - offset) / Stride + 1 : 0;
        low = Math.Clamp(low, first, end);
        return (low, Math.Clamp(high, low, end));
    }
}
