namespace Adjoint.Ops;

/// <summary>Which axes a reduction runs over, made once from what the user wrote: none given means all.</summary>
/// <remarks>A value: two operations over the same axes are equal.</remarks>
public readonly struct Axes : IEquatable<Axes>
{
    readonly ulong _mask;

    Axes(ulong mask) => _mask = mask;

    /// <summary>Whether an axis is reduced.</summary>
    public bool this[int axis] => (_mask >> axis & 1) != 0;

    /// <summary>The axes that <paramref name="dims"/> name; negative ones count from the end; null or empty means all.</summary>
    /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
    public static Axes Of(ReadOnlySpan<int> dims, Shape shape, string operation)
    {
        if (dims.IsEmpty) return new(shape.Rank == 0 ? 0 : ulong.MaxValue >> (64 - shape.Rank));
        ulong mask = 0;
        foreach (int dim in dims)
        {
            ulong bit = 1UL << shape.Axis(dim, operation);
            if ((mask & bit) != 0) throw new ShapeException($"{operation}: each axis can be named once, but dims are [{string.Join(", ", dims.ToArray())}] and x is {shape}.");
            mask |= bit;
        }

        return new(mask);
    }

    /// <summary>The same axes of a tensor that has others before them.</summary>
    public Axes Behind(int others) => new(_mask << others);

    /// <summary>The shape with the reduced axes at size 1.</summary>
    public Shape Kept(Shape shape)
    {
        long[] sizes = [.. shape];
        for (int i = 0; i < sizes.Length; i++) if (this[i]) sizes[i] = 1;
        return Shape.Create(sizes);
    }

    /// <summary>The shape without the reduced axes.</summary>
    public Shape Dropped(Shape shape)
    {
        Axes axes = this;
        return Shape.Create([.. shape.Where((_, i) => !axes[i])]);
    }

    /// <summary>The axes' numbers for messages about a tensor of this shape.</summary>
    internal string Over(Shape shape)
    {
        Axes axes = this;
        return $"[{string.Join(", ", Enumerable.Range(0, shape.Rank).Where(i => axes[i]))}]";
    }

    /// <summary>How many elements of x make one of the result.</summary>
    public long Count(Shape shape)
    {
        long count = 1;
        for (int i = 0; i < shape.Rank; i++) if (this[i]) count *= shape[i];
        return count;
    }

    /// <inheritdoc/>
    public bool Equals(Axes other) => _mask == other._mask;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Axes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _mask.GetHashCode();

    /// <summary>Equal sets of axes.</summary>
    public static bool operator ==(Axes a, Axes b) => a.Equals(b);

    /// <summary>Different sets of axes.</summary>
    public static bool operator !=(Axes a, Axes b) => !a.Equals(b);

    /// <summary>The axes' numbers.</summary>
    public override string ToString()
    {
        Axes axes = this;
        return $"[{string.Join(", ", Enumerable.Range(0, 64).Where(i => axes[i]))}]";
    }
}
