namespace Adjoint.Formats;

/// <summary>What a disk that refuses makes of a write: it is full, read-only, not ours.</summary>
internal static class DiskFault
{
    /// <summary>Whether that is what happened.</summary>
    public static bool Is(Exception e) => e is UnauthorizedAccessException or (IOException and not FormatException);

    /// <summary>What the operating system says, as the end of a message: without the path, which may be a temporary one that nobody knows, and with a full stop.</summary>
    public static string Reason(Exception e)
    {
        int path = e.Message.LastIndexOf(" : '", StringComparison.Ordinal);
        string reason = path > 0 ? e.Message[..path] : e.Message;
        return reason.EndsWith('.') ? reason : reason + ".";
    }
}
