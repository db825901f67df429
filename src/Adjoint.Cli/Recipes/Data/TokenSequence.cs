namespace Adjoint.Cli.Recipes;

/// <summary>The numbers of a text's tokens: two bytes each where they fit into them, four where not, so that a large text stays about as large.</summary>
internal sealed class TokenSequence
{
    readonly ushort[]? _narrow;
    readonly int[]? _wide;

    /// <param name="length">How many tokens there are.</param>
    /// <param name="vocabulary">How many different ones there may be.</param>
    public TokenSequence(int length, int vocabulary)
    {
        Length = length;
        if (vocabulary <= ushort.MaxValue + 1) _narrow = new ushort[length];
        else _wide = new int[length];
    }

    public int Length { get; }

    public int this[int at]
    {
        set
        {
            if (_narrow is not null) _narrow[at] = (ushort)value;
            else _wide![at] = value;
        }
    }

    /// <summary>Some tokens after each other.</summary>
    public void CopyTo(int from, Span<long> target)
    {
        if (_narrow is not null) for (int i = 0; i < target.Length; i++) target[i] = _narrow[from + i];
        else for (int i = 0; i < target.Length; i++) target[i] = _wide![from + i];
    }
}
