namespace Adjoint.Formats;

/// <summary>Bytes read from a stream whose length nobody vouches for: memory grows with what is really there, never with what a header promises.</summary>
internal sealed class Chunks
{
    const int ChunkBytes = 1 << 20;

    readonly List<byte[]> _chunks = [];

    /// <summary>How many bytes were read.</summary>
    public long Length { get; private set; }

    /// <summary>Reads to the end of the stream, or until <paramref name="atMost"/> bytes are there.</summary>
    public static Chunks Read(Stream stream, long atMost = long.MaxValue)
    {
        var all = new Chunks();
        while (all.Length < atMost)
        {
            byte[] chunk = new byte[Math.Min(ChunkBytes, atMost - all.Length)];
            int read = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            if (read > 0) all._chunks.Add(chunk);
            all.Length += read;
            if (read < chunk.Length) break;
        }

        return all;
    }

    /// <summary>Copies the bytes from <paramref name="offset"/> on.</summary>
    public void CopyTo(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = _chunks[(int)(offset / ChunkBytes)].AsSpan((int)(offset % ChunkBytes));
            chunk = chunk[..Math.Min(chunk.Length, target.Length)];
            chunk.CopyTo(target);
            target = target[chunk.Length..];
            offset += chunk.Length;
        }
    }

    /// <summary>The byte at <paramref name="offset"/>.</summary>
    public byte this[long offset] => _chunks[(int)(offset / ChunkBytes)][(int)(offset % ChunkBytes)];
}
