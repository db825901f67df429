namespace Adjoint.Formats;

/// <summary>A column of a table: by name, or by number from 0 (negative: from the end).</summary>
public readonly record struct CsvColumn
{
    readonly string? _name;
    readonly int _number;

    CsvColumn(string? name, int number) => (_name, _number) = (name, number);

    /// <summary>The name; null for a column by number.</summary>
    internal string? Name => _name;

    /// <summary>The number, where there is no name.</summary>
    internal int Number => _number;

    /// <summary>By name.</summary>
    public static implicit operator CsvColumn(string name) => new(name ?? throw new ArgumentNullException(nameof(name)), 0);

    /// <summary>By number; −1 is the last column.</summary>
    public static implicit operator CsvColumn(int number) => new(null, number);

    /// <inheritdoc/>
    public override string ToString() => _name?.Quoted() ?? $"{_number}";

    /// <summary>The number from 0, or −1 where there is no such column.</summary>
    internal int Find(IReadOnlyList<string>? names, int columns)
    {
        if (_name is not null)
        {
            for (int i = 0; i < names?.Count; i++) if (names[i] == _name) return i;
            return -1;
        }

        int number = _number < 0 ? _number + columns : _number;
        return number < columns ? number : -1;
    }
}
