namespace Adjoint;

/// <summary>A setting for the two axes of an image: one number for both, or <c>(height, width)</c>.</summary>
/// <param name="Height">Along the axis of the rows.</param>
/// <param name="Width">Along a row.</param>
public readonly record struct Pair(int Height, int Width)
{
    /// <summary>The same number for both axes.</summary>
    public static implicit operator Pair(int both) => new(both, both);

    /// <summary>Height and width.</summary>
    public static implicit operator Pair((int Height, int Width) sizes) => new(sizes.Height, sizes.Width);

    /// <summary><c>[height, width]</c>.</summary>
    public override string ToString() => $"[{Height}, {Width}]";

    internal int[] Sizes => [Height, Width];
}
