using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Adjoint.Formats;

namespace Adjoint.Data;

/// <summary>Fetches files from their mirrors into a folder: temporary name, check, rename.</summary>
internal sealed class Downloads(HttpMessageHandler handler, string folder, IReadOnlyList<CatalogFile> wanted, IProgress<DownloadProgress>? progress) : IDisposable
{
    // What a compressor may add to contents that do not compress.
    const long Overhead = 1 << 20;
    const int BufferBytes = 1 << 16;

    readonly HttpClient _client = new(handler);

    public void Dispose() => _client.Dispose();

    /// <summary>Tries the mirrors in turn. Returns null, or why all of them failed.</summary>
    public async Task<string?> Fetch(CatalogFile file, CancellationToken cancellation)
    {
        if (file.Find([folder]) is not null) return null;
        string? reason = "it has no mirror";
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the folder {folder} cannot be made: {e.Message.TrimEnd('.')}";
        }

        foreach (string url in file.Urls)
        {
            bool archive = url.EndsWith(".tar.gz", StringComparison.Ordinal);
            string target = Path.Combine(folder, archive ? Path.GetFileName(url) : file.Name + ".gz"), temporary = AtomicFile.Temporary(target);
            try
            {
                long most = (archive ? wanted.Sum(f => f.Bytes) : file.Bytes) + Overhead;
                await Receive(new(url), temporary, Path.GetFileName(target), most, cancellation).ConfigureAwait(false);
                if (archive) await Unpack(temporary, cancellation).ConfigureAwait(false);
                else await CheckAndMove(temporary, target, file, cancellation).ConfigureAwait(false);
                if (file.Find([folder]) is not null) return null;
                reason = $"{url} does not hold it";
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                reason = $"{url}: {e.Message.TrimEnd('.')}";
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        return reason;
    }

    async Task Receive(Uri url, string path, string name, long most, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using Stream source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using FileStream target = AtomicFile.Create(path);
        byte[] buffer = new byte[BufferBytes];
        long bytes = 0;
        for (int read; (read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            bytes += read;
            if (bytes > most) throw new FormatException($"download: at most {most} bytes were expected, but more came");
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress?.Report(new(name, bytes, response.Content.Headers.ContentLength));
        }

        target.Flush(flushToDisk: true);
    }

    static async Task CheckAndMove(string temporary, string target, CatalogFile file, CancellationToken cancellation)
    {
        using (Stream contents = Compressed.Open(temporary))
        {
            string found = Convert.ToHexStringLower(await SHA256.HashDataAsync(contents, cancellation).ConfigureAwait(false));
            if (found != file.Sha256) throw new FormatException($"SHA-256 must be {file.Sha256}, but it is {found}");
        }

        File.Move(temporary, target, overwrite: true);
    }

    // Entries are matched by their file name alone and written under names of our own, so that no entry can choose where it lands.
    async Task Unpack(string archive, CancellationToken cancellation)
    {
        using var plain = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var reader = new TarReader(plain);
        while (await reader.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { } entry)
        {
            CatalogFile? file = wanted.FirstOrDefault(f => f.Name == Path.GetFileName(entry.Name));
            if (file is null || entry.DataStream is null || entry.Length != file.Bytes) continue;
            string target = Path.Combine(folder, file.Name), temporary = AtomicFile.Temporary(target);
            try
            {
                using (FileStream stream = AtomicFile.Create(temporary))
                {
                    await entry.DataStream.CopyToAsync(stream, cancellation).ConfigureAwait(false);
                    stream.Flush(flushToDisk: true);
                }

                await CheckAndMove(temporary, target, file, cancellation).ConfigureAwait(false);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
    }
}
