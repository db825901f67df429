namespace Adjoint.Language;

/// <summary>Lets a text through until one of some texts appears in it; what may be the beginning of one is held back.</summary>
/// <param name="stops">None of them empty.</param>
internal sealed class StopTexts(IReadOnlyList<string> stops)
{
    string _held = "";

    /// <summary>Whether one has appeared: nothing is let through any more.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What can be let through with this piece; if a stop text appears, all before the one that begins first.</summary>
    public string Take(string piece)
    {
        if (IsStopped) return "";
        string all = _held + piece;
        int found = stops.Select(stop => all.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        IsStopped = found >= 0;
        int safe = IsStopped ? found : all.Length - LongestBeginning(all);
        _held = IsStopped ? "" : all[safe..];
        return all[..safe];
    }

    /// <summary>What was held back, when no more comes.</summary>
    public string End()
    {
        (string held, _held) = (_held, "");
        return held;
    }

    /// <summary>The length of the longest end of a text that is a beginning of a stop text.</summary>
    int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
                if (text.EndsWith(stop[..length], StringComparison.Ordinal)) longest = length;
        }

        return longest;
    }
}
