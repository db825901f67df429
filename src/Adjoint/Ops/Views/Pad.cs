using Adjoint.Ops;

namespace Adjoint;

/// <summary>What a margin around a tensor is filled with.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The inside mirrored at its edge elements, which are not repeated: <c>c b | a b c | b a</c>.</summary>
    Reflect,

    /// <summary>The edge elements repeated: <c>a a | a b c | c c</c>.</summary>
    Replicate,

    /// <summary>The inside from its other end: <c>b c | a b c | a b</c>.</summary>
    Circular,
}

/// <summary>Adds padding to tensors.</summary>
public static class PadSyntax
{
    extension(Tensor x)
    {
        /// <summary>With a margin around the last axes.</summary>
        /// <param name="widths">Two numbers an axis, before and after, beginning with the last axis: <c>[left, right, top, bottom]</c>. With <see cref="PadMode.Constant"/>, negative numbers cut off.</param>
        /// <param name="mode">What the margin is filled with.</param>
        /// <param name="value">The value for <see cref="PadMode.Constant"/>.</param>
        /// <exception cref="ShapeException">The widths do not come in pairs, are more than there are axes, or are too wide for the mode.</exception>
        [PyTorch("torch.nn.functional.pad", Differs = "`pad` is `widths`, also from the last axis on; the value fills the mode `Constant`.")]
        public Tensor Pad(ReadOnlySpan<long> widths, PadMode mode = PadMode.Constant, double value = 0)
        {
            if (widths.Length % 2 != 0 || widths.Length > 2 * x.Rank)
                throw new ShapeException($"pad: widths must be two for each axis, last axis first, but they are [{string.Join(", ", widths.ToArray())}] and x is {x.Shape}.");
            return mode == PadMode.Constant ? Constant(x, widths, value) : ByIndex(x, widths, mode);
        }
    }

    static Tensor Constant(Tensor x, ReadOnlySpan<long> widths, double value)
    {
        long[] before = new long[x.Rank], after = new long[x.Rank];
        Tensor inside = x;
        for (int pair = 0; pair < widths.Length / 2; pair++)
        {
            int axis = x.Rank - 1 - pair;
            long size = x.Shape[axis], first = widths[2 * pair], second = widths[(2 * pair) + 1];
            if (size + Math.Min(first, 0) + Math.Min(second, 0) < 0) throw TooWide(PadMode.Constant, "cut off at most the axis", first, second, axis, x.Shape);
            (before[axis], after[axis]) = (Math.Max(first, 0), Math.Max(second, 0));
            inside = inside.Slice(axis, Math.Max(-first, 0), size - Math.Max(-second, 0));
        }

        if (!before.Any(w => w > 0) && !after.Any(w => w > 0)) return ReferenceEquals(inside, x) ? x : inside.Copy();
        return new PadConstant(Shape.Create(before), Shape.Create(after), value).Apply(inside);
    }

    static Tensor ByIndex(Tensor x, ReadOnlySpan<long> widths, PadMode mode)
    {
        Tensor y = x;
        for (int pair = 0; pair < widths.Length / 2; pair++)
        {
            int axis = x.Rank - 1 - pair;
            long size = x.Shape[axis], before = widths[2 * pair], after = widths[(2 * pair) + 1];
            if (before == 0 && after == 0) continue;
            long most = mode == PadMode.Reflect ? size - 1 : mode == PadMode.Circular ? size : size > 0 ? long.MaxValue : 0;
            if (before < 0 || after < 0 || before > most || after > most)
                throw TooWide(mode, mode == PadMode.Reflect ? "be from 0 to less than the axis" : mode == PadMode.Circular ? "be from 0 to the size of the axis" : "not be negative, nor the axis empty", before, after, axis, x.Shape);
            long[] from = new long[before + size + after];
            for (long i = 0; i < from.Length; i++) from[i] = Source(i - before, size, mode);
            y = y.IndexSelect(axis, Tensor.From(from));
        }

        return y;
    }

    static long Source(long position, long size, PadMode mode) => mode switch
    {
        PadMode.Reflect => position < 0 ? -position : position < size ? position : (2 * (size - 1)) - position,
        PadMode.Replicate => Math.Clamp(position, 0, size - 1),
        _ => (position + size) % size,
    };

    static ShapeException TooWide(PadMode mode, string rule, long before, long after, int axis, Shape shape) => new(
        $"pad: widths must {rule} in mode {mode}, but they are {before} and {after} on axis {axis} of x {shape}.");
}
