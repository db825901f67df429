using Adjoint.Formats;

namespace Adjoint.Language.Folders;

/// <summary>Names as a message lists them.</summary>
internal static class NameList
{
    /// <summary>A list ends after so many.</summary>
    const int Most = 20;

    /// <summary><c>'a', 'b' and 3 more</c>.</summary>
    public static string Of(IReadOnlyCollection<string> names) => OfTexts([.. names.Select(n => n.Quoted())]);

    /// <summary>The same of names that have their quotes, and perhaps more beside them.</summary>
    public static string OfTexts(IReadOnlyCollection<string> texts) => string.Join(", ", texts.Take(Most)) + (texts.Count > Most ? $" and {texts.Count - Most} more" : "");
}
