using System.IO.Compression;

namespace Adjoint.Formats;

/// <summary>Decompresses gzip and notices when its end is missing, which <see cref="GZipStream"/> takes for the end of the data.</summary>
/// <remarks>
/// Gzip files may be concatenated. A small one of our own is set behind the file: only where the file is whole does its text
/// come out last. Behind a file that was cut, the decompressor takes it for the missing rest, and what comes out is anything else.
/// </remarks>
internal sealed class WholeGzip(Stream source, bool leaveOpen) : Stream
{
    static readonly byte[] Mark = "adjoint: nothing is missing"u8.ToArray();
    static readonly byte[] MarkMember = Compress(Mark);

    readonly GZipStream _inflated = new(new Followed(source, MarkMember, leaveOpen), CompressionMode.Decompress);
    readonly byte[] _buffer = new byte[1 << 16];
    int _start, _end;
    bool _finished;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        // The last bytes are held back until it is known that they are not the mark.
        while (!_finished && _end - _start <= Mark.Length) Fill();
        int count = Math.Min(buffer.Length, _end - _start - (_finished ? 0 : Mark.Length));
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inflated.Dispose();
        base.Dispose(disposing);
    }

    void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read = _inflated.Read(_buffer.AsSpan(_end));
        _end += read;
        if (read > 0) return;
        if (!_buffer.AsSpan(0, _end).EndsWith(Mark)) throw new InvalidDataException("its end is missing.");
        _end -= Mark.Length;
        _finished = true;
    }

    static byte[] Compress(byte[] text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize)) gzip.Write(text);
        return compressed.ToArray();
    }

    /// <summary>A stream, then some bytes.</summary>
    sealed class Followed(Stream first, byte[] then, bool leaveOpen) : Stream
    {
        int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_position == 0 && first.Read(buffer) is > 0 and int read) return read;
            int count = Math.Min(buffer.Length, then.Length - _position);
            then.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !leaveOpen) first.Dispose();
            base.Dispose(disposing);
        }
    }
}
