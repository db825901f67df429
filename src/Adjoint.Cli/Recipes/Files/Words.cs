using Adjoint.Formats;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>How names are listed in sentences, and which of them was probably meant.</summary>
internal static class Words
{
    /// <summary><c>a, b or c</c>.</summary>
    public static string Or(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";

    /// <summary>A name in quotes that may be anything.</summary>
    public static string Quoted(string name) => Quoting.Quoted(name);

    /// <summary>A hint with the nearest name, where one is near.</summary>
    public static string DidYouMean(string given, IEnumerable<string> names)
    {
        if (given.Length > 64) return "";
        (string Name, int Distance)[] near = [.. names.Select(n => (n, Distance(given.ToUpperInvariant(), n.ToUpperInvariant()))).OrderBy(n => n.Item2)];
        return near is [{ } first, ..] && first.Distance <= Math.Max(1, given.Length / 3) ? $" Hint: did you mean '{first.Name}'?" : "";
    }

    /// <summary>The least number of letters to insert, delete, change or swap with their neighbour.</summary>
    static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
