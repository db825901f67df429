using System.Text;

namespace Adjoint;

/// <summary>How C# names are written in messages.</summary>
internal static class Names
{
    /// <summary><c>LogSumExp</c> → <c>log_sum_exp</c>.</summary>
    public static string Snake(string name)
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
