using System.Collections;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>The sizes of a tensor's axes, outermost first; immutable. <c>[]</c> is the shape of a single value.</summary>
/// <example><code>Shape shape = [2, 3]; long rows = shape[0], last = shape[^1];</code></example>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<long>, IEquatable<Shape>
{
    readonly long[] _sizes;

    Shape(long[] sizes, long elements)
    {
        _sizes = sizes;
        Elements = elements;
        Strides = ContiguousStrides(sizes);
    }

    /// <summary>The shape of a single value.</summary>
    public static Shape Scalar { get; } = new([], 1);

    /// <summary>The product of all sizes.</summary>
    public long Elements { get; }

    /// <summary>The number of axes.</summary>
    public int Rank => _sizes.Length;

    int IReadOnlyCollection<long>.Count => _sizes.Length;

    /// <summary>The size of an axis; negative ones count from the end, as <c>^1</c> does.</summary>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    public long this[int axis] => (uint)axis < (uint)_sizes.Length ? _sizes[axis] : axis < 0 && axis >= -_sizes.Length ? _sizes[axis + _sizes.Length] : throw Missing($"{axis}");

    /// <summary>The size of an axis counted from either end.</summary>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    public long this[Index axis] => (uint)axis.GetOffset(_sizes.Length) < (uint)_sizes.Length ? _sizes[axis.GetOffset(_sizes.Length)] : throw Missing($"{axis}");

    /// <summary>The sizes themselves; never written to.</summary>
    internal long[] Sizes => _sizes;

    /// <summary>The strides of a contiguous tensor of this shape, in elements; never written to.</summary>
    internal long[] Strides { get; }

    /// <summary>Makes a shape from sizes; called by collection expressions.</summary>
    /// <exception cref="ShapeException">A size is negative, or the number of elements exceeds 2⁶³−1.</exception>
    public static Shape Create(ReadOnlySpan<long> sizes)
    {
        if (sizes.IsEmpty && Scalar is not null) return Scalar;
        long elements = 1;
        bool tooLarge = false, empty = false;
        foreach (long size in sizes)
        {
            if (size < 0) throw new ShapeException($"shape: sizes must not be negative, but they are {Text(sizes)}.");
            empty |= size == 0;
            tooLarge |= size != 0 && elements > long.MaxValue / size;
            elements = unchecked(elements * size);
        }

        if (tooLarge && !empty) throw new ShapeException($"shape: a tensor holds at most 2^63-1 elements, but the sizes are {Text(sizes)}.");
        return new(sizes.ToArray(), empty ? 0 : elements);
    }

    /// <summary>Turns an axis number, negative ones counted from the end, into 0 … rank−1.</summary>
    /// <exception cref="ShapeException">The axis does not exist; the sentence begins with <paramref name="operation"/>.</exception>
    public int Axis(int dim, string operation)
    {
        int axis = dim < 0 ? dim + Rank : dim;
        if (Rank == 0) throw new ShapeException($"{operation}: dim must be an axis of x, but dim is {dim} and x is [], a single value without axes.");
        if ((uint)axis >= (uint)Rank)
            throw new ShapeException($"{operation}: dim must be an axis of x, from {-Rank} to {Rank - 1}, but dim is {dim} and x is {this}.");
        return axis;
    }

    /// <summary>The common shape of two operands by the NumPy rule, or null when there is none: aligned at the last axis, sizes agree or one of them is 1.</summary>
    [PyTorch("torch.broadcast_shapes", Differs = "Null where they do not broadcast.")]
    public static Shape? Broadcast(Shape a, Shape b)
    {
        if (a.Equals(b)) return a;
        if (a.Rank < b.Rank) (a, b) = (b, a);
        Span<long> sizes = stackalloc long[a.Rank];
        int missing = a.Rank - b.Rank;
        for (int i = 0; i < a.Rank; i++)
        {
            long x = a._sizes[i], y = i < missing ? 1 : b._sizes[i - missing];
            if (x != y && x != 1 && y != 1) return null;
            sizes[i] = x == 1 ? y : x;
        }

        return sizes.SequenceEqual(a._sizes) ? a : Create(sizes);
    }

    /// <summary>This shape with one axis replaced.</summary>
    public Shape With(int axis, long size)
    {
        long[] sizes = [.. _sizes];
        sizes[axis] = size;
        return Create(sizes);
    }

    /// <summary>This shape without one axis.</summary>
    public Shape Without(int axis) => Create([.. _sizes.AsSpan(0, axis), .. _sizes.AsSpan(axis + 1)]);

    /// <summary>This shape with an axis inserted before <paramref name="axis"/>.</summary>
    public Shape Insert(int axis, long size) => Create([.. _sizes.AsSpan(0, axis), size, .. _sizes.AsSpan(axis)]);

    /// <inheritdoc/>
    public bool Equals(Shape? other) => ReferenceEquals(this, other) || (other is not null && _sizes.AsSpan().SequenceEqual(other._sizes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long size in _sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Equal sizes.</summary>
    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Different sizes.</summary>
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)_sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _sizes.GetEnumerator();

    /// <summary><c>[2, 3]</c>.</summary>
    public override string ToString() => Text(_sizes);

    ShapeException Missing(string axis) => new(Rank == 0
        ? $"shape: an axis must exist to have a size, but axis {axis} was asked for and the shape is []."
        : $"shape: axes are numbered from {-Rank} to {Rank - 1}, but axis {axis} was asked for and the shape is {this}.");

    static string Text(ReadOnlySpan<long> sizes) => $"[{string.Join(", ", sizes.ToArray())}]";

    static long[] ContiguousStrides(long[] sizes)
    {
        long[] strides = new long[sizes.Length];
        long step = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(sizes[i], 1);
        }

        return strides;
    }
}

/// <summary>What an operation's result will be before it is computed: shape and element type.</summary>
public readonly record struct Spec(Shape Shape, DType DType);
