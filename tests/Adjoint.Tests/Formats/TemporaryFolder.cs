using System.IO.Compression;

namespace Adjoint.Tests.Formats;

/// <summary>A folder for one test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("adjoint-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    /// <summary>Whether a file says that it is gzipped.</summary>
    public static bool IsGzip(byte[] bytes) => bytes is [0x1F, 0x8B, ..];

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal)) gzip.Write(bytes);
        return target.ToArray();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
