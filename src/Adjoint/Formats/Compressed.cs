namespace Adjoint.Formats;

/// <summary>Opens a file that may be gzipped; its first two bytes say so, not its name.</summary>
internal static class Compressed
{
    public static Stream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        return Unwrap(file, leaveOpen: false);
    }

    /// <summary>The stream itself, or what it decompresses to; without seeking, so that embedded and network streams work too.</summary>
    public static Stream Unwrap(Stream stream, bool leaveOpen)
    {
        Span<byte> magic = stackalloc byte[2];
        if (!stream.CanSeek) return UnwrapCopy(stream);
        long start = stream.Position;
        int read = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        stream.Position = start;
        return read == 2 && magic is [0x1F, 0x8B] ? new WholeGzip(stream, leaveOpen) : stream;
    }

    /// <summary>Runs a reader and turns what the decompressor says about broken data into one sentence.</summary>
    public static T Read<T>(string format, string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"{format}: gzipped data must be whole, but {name.Quoted()} does not decompress: {e.Message}", e);
        }
    }

    static Stream UnwrapCopy(Stream stream)
    {
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        copy.Position = 0;
        return Unwrap(copy, leaveOpen: false);
    }
}
