using System.Globalization;

namespace Adjoint.Cli.Inspecting;

/// <summary>Tensors of one shape and type whose names differ in the number of a block only: a row of a table.</summary>
/// <param name="Name">The name, with * for the numbers where there are several.</param>
/// <param name="Spec">Shape and type of each.</param>
/// <param name="Count">How many there are.</param>
internal sealed record TensorRows(string Name, Spec Spec, long Count)
{
    public long Elements => Count * Spec.Shape.Elements;

    public long Bytes => Elements * Spec.DType.Bytes;

    /// <summary>Tensors in the order of their first, those of repeated blocks together.</summary>
    public static IReadOnlyList<TensorRows> Of(IEnumerable<(string Name, Spec Spec)> tensors)
    {
        var groups = new OrderedDictionary<(string, Spec), (string First, long Count)>();
        foreach ((string name, Spec spec) in tensors)
        {
            (string, Spec) key = (Starred(name), spec);
            groups[key] = groups.TryGetValue(key, out (string First, long Count) group) ? (group.First, group.Count + 1) : (name, 1);
        }

        return [.. groups.Select(g => new TensorRows(g.Value.Count == 1 ? g.Value.First : g.Key.Item1, g.Key.Item2, g.Value.Count))];
    }

    public static string[] Heads(bool withTypes) => withTypes ? ["tensor", "shape", "type", "count", "numbers", "share", "bytes"] : ["parameter", "shape", "count", "numbers", "share"];

    public string[] Cells(long all, bool withTypes)
    {
        string share = (100.0 * Elements / Math.Max(all, 1)).ToString("0.00", CultureInfo.InvariantCulture) + " %";
        return withTypes ? [Name, $"{Spec.Shape}", $"{Spec.DType}", Many(Count), Many(Elements), share, Many(Bytes)] : [Name, $"{Spec.Shape}", Many(Count), Many(Elements), share];
    }

    public static string Many(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary><c>Blocks.3.Query.Weight</c> → <c>Blocks.*.Query.Weight</c>: the first number of the name.</summary>
    static string Starred(string name)
    {
        string[] parts = name.Split('.');
        int number = Array.FindIndex(parts, p => p.Length > 0 && p.All(char.IsAsciiDigit));
        if (number < 0) return name;
        parts[number] = "*";
        return string.Join('.', parts);
    }
}
