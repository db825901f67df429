namespace Adjoint;

/// <summary>One call of <see cref="Transform.Vmap{TOut}(Func{Tensor, TOut}, int?, int, Randomness)"/> that is running: how many items it maps over, and inside which other calls.</summary>
internal sealed class MapLevel : IDisposable
{
    [ThreadStatic]
    static MapLevel? Innermost;

    readonly MapLevel? _outer;

    MapLevel(long size, Randomness randomness) => (_outer, Size, Randomness, Depth) = (Innermost, size, randomness, (Innermost?.Depth ?? 0) + 1);

    /// <summary>The innermost running call of this thread.</summary>
    public static MapLevel? Current => Innermost;

    /// <summary>How many items are mapped over.</summary>
    public long Size { get; }

    /// <summary>1 for an outermost call.</summary>
    public int Depth { get; }

    public Randomness Randomness { get; }

    public bool IsEnded { get; private set; }

    public static MapLevel Begin(long size, Randomness randomness) => Innermost = new(size, randomness);

    /// <summary>Of two levels the inner one, which an operation on tensors of both belongs to.</summary>
    public static MapLevel? Inner(MapLevel? a, MapLevel? b) => a is null || (b is not null && b.Depth > a.Depth) ? b : a;

    /// <summary>Random numbers for the function that is being mapped: drawn once, or once for each item.</summary>
    /// <param name="level">The innermost running call.</param>
    /// <param name="shape">What the function asked for.</param>
    /// <param name="operation">Who asked.</param>
    /// <param name="draw">Draws a tensor of a shape outside of every mapping.</param>
    /// <exception cref="GraphException">The call was not told what to do.</exception>
    public static Tensor Draw(MapLevel level, Shape shape, string operation, Func<Shape, Tensor> draw)
    {
        List<MapLevel> different = [];
        for (MapLevel? at = level; at is not null; at = at._outer)
        {
            if (at.Randomness == Randomness.Error) throw new GraphException($"{operation}: inside Vmap it must be said whether items share random numbers, but randomness is Error. Hint: pass randomness: Randomness.Different or Randomness.Same to Vmap.");
            if (at.Randomness != Randomness.Different) continue;
            shape = shape.Insert(0, at.Size);
            different.Add(at);
        }

        Innermost = null;
        Tensor numbers;
        try { numbers = draw(shape); }
        finally { Innermost = level; }
        for (int i = different.Count - 1; i >= 0; i--) numbers = Tensor.OnLevel(different[i], numbers.Persist(), isMapped: true);
        return numbers;
    }

    public void Dispose()
    {
        (Innermost, IsEnded) = (_outer, true);
    }
}
