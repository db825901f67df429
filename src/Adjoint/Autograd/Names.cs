using System.Collections.Concurrent;
using System.Text;

namespace Adjoint;

/// <summary>How C# names are written in messages.</summary>
internal static class Names
{
    // The names of types, of which there is an end.
    static readonly ConcurrentDictionary<string, string> Known = new();

    /// <summary><c>LogSumExp</c> → <c>log_sum_exp</c>.</summary>
    public static string Snake(string name) => Known.GetOrAdd(name, Written);

    static string Written(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
