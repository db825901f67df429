namespace Adjoint.Formats;

/// <summary>Writes a file so that its name never refers to half of it: a neighbour with a temporary name, flushed to disk, then renamed.</summary>
/// <remarks>
/// A rename inside one folder is atomic on every supported file system, so a process killed at any moment leaves the old file or
/// the new one. Whether the *rename* survives a power cut is the file system's business; the contents were flushed before it.
/// </remarks>
internal static class AtomicFile
{
    public static void Write(string path, Action<FileStream> write)
    {
        string temporary = Temporary(path);
        // The operating system would complain about the temporary name, which nobody knows.
        string folder = Path.GetDirectoryName(temporary)!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"file: a file is written into a folder that exists, but {folder.Quoted()} does not. Hint: Directory.CreateDirectory makes it.");
        try
        {
            using (var stream = Create(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            // The operating system's own message would name the temporary file, or none.
            if (DiskFault.Is(e)) throw new IOException($"file: a file must be written whole, but {path.Quoted()} could not be. {DiskFault.Reason(e)} What was there before is as it was.", e);
            throw;
        }
    }

    /// <summary>A name in the same folder that no other writer uses and that no pattern for the final name matches.</summary>
    public static string Temporary(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"file: the path must name a file, but it is {path.Quoted()}.");
        return Path.Combine(folder, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}.tmp");
    }

    static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // Why the write failed is what is to be told.
        }
    }

    public static FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
}
