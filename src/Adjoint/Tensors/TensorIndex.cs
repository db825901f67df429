namespace Adjoint;

/// <summary>What stands between the brackets of <c>x[…]</c> for one axis: a position, a range, or one of the marks <see cref="Ellipsis"/> and <see cref="NewAxis"/>.</summary>
/// <example><code>
/// x[0]                            the first position of the first axis, which is dropped
/// x[^1, 1..3]                     the last position; of the next axis positions 1 and 2
/// x[.., (..).By(2)]               every second position of the second axis
/// x[(..).By(-1)]                  the first axis in reverse
/// x[TensorIndex.Ellipsis, 0]      the first position of the last axis
/// x[TensorIndex.NewAxis]          a new first axis of size 1
/// </code></example>
public readonly record struct TensorIndex
{
    TensorIndex(IndexKind kind, Index start = default, Index end = default, long step = 1) => (Kind, Start, End, Step) = (kind, start, end, step);

    internal enum IndexKind : byte
    {
        Range,
        Position,
        Ellipsis,
        NewAxis,
    }

    /// <summary>As many whole axes as the other indices leave.</summary>
    public static TensorIndex Ellipsis => new(IndexKind.Ellipsis);

    /// <summary>A new axis of size 1.</summary>
    public static TensorIndex NewAxis => new(IndexKind.NewAxis);

    internal IndexKind Kind { get; }
    internal Index Start { get; }
    internal Index End { get; }
    internal long Step { get; }

    /// <summary>A position; the axis is dropped. Negative ones count from the end, as <c>^1</c> does.</summary>
    public static implicit operator TensorIndex(int position) => new(IndexKind.Position, position < 0 ? new Index(-position, fromEnd: true) : position);

    /// <summary>A position; the axis is dropped.</summary>
    public static implicit operator TensorIndex(Index position) => new(IndexKind.Position, position);

    /// <summary>A range of positions, cut down to what there is.</summary>
    public static implicit operator TensorIndex(Range range) => new(IndexKind.Range, range.Start, range.End);

    internal static TensorIndex Stepped(Range range, long step) => new(IndexKind.Range, range.Start, range.End, step);
}

/// <summary>Adds steps to ranges.</summary>
public static class TensorIndexSyntax
{
    extension(Range range)
    {
        /// <summary>Every <paramref name="step"/>-th position of a range; a negative step walks the range from its last position to its first.</summary>
        /// <exception cref="ArgumentException"><paramref name="step"/> is zero.</exception>
        public TensorIndex By(long step) => step != 0 ? TensorIndex.Stepped(range, step) : throw new ArgumentException("slice: step must not be zero, but step is 0.");
    }
}
