using System.Buffers.Binary;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats;

[Collection(Alone.Name)]
public sealed class IdxTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Images => [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_are_read_plain_and_gzipped(bool gzip)
    {
        Tensor images = Idx.Read(_folder.Write("images", gzip ? TemporaryFolder.Gzip(Images) : Images));
        Assert.Equal([2, 2, 3], images.Shape);
        Assert.Equal(Images[16..], images.ToArray<byte>());
    }

    [Fact]
    public void Every_type_is_read()
    {
        Assert.Equal([-1, 127], Idx.Read(new MemoryStream([0, 0, 9, 1, 0, 0, 0, 2, 255, 127])).ToArray<int>());
        Assert.Equal([-2, 258], Idx.Read(new MemoryStream([0, 0, 11, 1, 0, 0, 0, 2, 255, 254, 1, 2])).ToArray<int>());
        Assert.Equal([0x01020304], Idx.Read(new MemoryStream([0, 0, 12, 1, 0, 0, 0, 1, 1, 2, 3, 4])).ToArray<int>());
        Assert.Equal([1f], Idx.Read(new MemoryStream([0, 0, 13, 1, 0, 0, 0, 1, 0x3F, 0x80, 0, 0])).ToArray<float>());
        Assert.Equal([1.0], Idx.Read(new MemoryStream([0, 0, 14, 1, 0, 0, 0, 1, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0])).ToArray<double>());
        Assert.Equal([], Idx.Read(new MemoryStream([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 9])).ToArray<byte>());
        Assert.Equal([7], Idx.Read(new MemoryStream([0, 0, 8, 0, 7])).ToArray<byte>());
    }

    [Fact]
    public void What_is_written_is_read()
    {
        string path = _folder.File("x");
        Idx.Write(path, Tensor.From([1.5f, -2f, 3f, 4f], [2, 2]));
        Assert.Equal([1.5f, -2f, 3f, 4f], Idx.Read(path).ToArray<float>());
        Idx.Write(path, Tensor.From([1.5, -2]));
        Assert.Equal([1.5, -2], Idx.Read(path).ToArray<double>());
        Idx.Write(path, Tensor.From(new byte[] { 3, 4 }));
        Assert.Equal([3, 4], Idx.Read(path).ToArray<byte>());
        Idx.Write(path, Tensor.From([-5, 4]));
        Assert.Equal([-5, 4], Idx.Read(path).ToArray<int>());
        Assert.Equal("idx: elements must be U8, I32, F32 or F64, but they are I64.", Assert.Throws<DTypeException>(() => Idx.Write(path, Tensor.From([1L]))).Message);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 }, "a file begins with 4 bytes of magic number, but 'f' has 2 bytes.")]
    [InlineData(new byte[] { 1, 0, 8, 1, 0, 0, 0, 0 }, "a file begins with two zero bytes, but 'f' begins with 1 and 0.")]
    [InlineData(new byte[] { 0, 0, 7, 1, 0, 0, 0, 0 }, "the type code must be 8, 9, 11, 12, 13 or 14, but that of 'f' is 7.")]
    [InlineData(new byte[] { 0, 0, 0, 1, 0, 0, 0, 0 }, "the type code must be 8, 9, 11, 12, 13 or 14, but that of 'f' is 0.")]
    [InlineData(new byte[] { 0, 0, 8, 65 }, "a tensor has at most 64 axes, but 'f' promises 65.")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1 }, "the header must hold the sizes of 2 axes, but 'f' ends before.")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 1, 2 }, "the elements must fill the shape, but 'f' promises [3] of 1 bytes each and holds 2 bytes.")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, "a file must end with its last element, but 'f' goes on after [1].")]
    [InlineData(new byte[] { 0, 0, 14, 2, 255, 255, 255, 255, 127, 255, 255, 255, 1 }, "the elements must fill the shape, but 'f' promises [4294967295, 2147483647] of 8 bytes each and holds 1 bytes.")]
    [InlineData(new byte[] { 0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, "a tensor holds at most 2^63-1 elements, but 'f' promises more.")]
    public void Every_rule_has_its_sentence(byte[] bytes, string sentence)
    {
        Assert.Equal($"idx: {sentence}", Assert.Throws<FormatException>(() => Idx.Read(new MemoryStream(bytes), "f")).Message);
        Assert.Equal($"idx: {sentence}", Assert.Throws<FormatException>(() => Idx.Read(new MemoryStream(TemporaryFolder.Gzip(bytes)), "f")).Message);
    }

    [Fact]
    public void A_cut_gzip_file_is_refused()
    {
        byte[] gzip = TemporaryFolder.Gzip(Images);
        Assert.StartsWith("idx: ", Assert.Throws<FormatException>(() => Idx.Read(new MemoryStream(gzip[..(gzip.Length / 2)]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_files_are_refused_or_read_as_what_they_say(bool gzip) => Mutations.Each(gzip ? TemporaryFolder.Gzip(Images) : Images, 2000, "idx", bytes =>
    {
        Tensor read = Idx.Read(new MemoryStream(bytes));
        SameAsNaive(TemporaryFolder.IsGzip(bytes) ? Images : bytes, read);
    });

    [Fact]
    public void Damaged_headers_are_refused_or_read_as_what_they_say() => Mutations.Each(Images, 2000, "idx", bytes => SameAsNaive(bytes, Idx.Read(new MemoryStream(bytes))), (file, random) =>
    {
        // Type, number of axes and sizes change alone, sizes also to what wraps around in 32 or 64 bits.
        byte[] bytes = [.. file];
        if (random.NextInteger(3) == 0) bytes[2] = (byte)(8 + random.NextInteger(7));
        if (random.NextInteger(3) == 0) bytes[3] = (byte)random.NextInteger(5);
        uint[] sizes = [0, 1, 2, 3, 4, 6, 12, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000, 0xC0000000];
        for (long edits = random.NextInteger(4); edits > 0; edits--)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * (1 + (int)random.NextInteger(3))), sizes[random.NextInteger(sizes.Length)]);
        return bytes;
    });

    /// <summary>Type, sizes and elements by hand.</summary>
    static void SameAsNaive(byte[] bytes, Tensor read)
    {
        uint[] sizes = [.. Enumerable.Range(1, bytes[3]).Select(i => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 * i)))];
        Assert.Equal(sizes.Select(n => (long)n), read.Shape);
        (int width, Func<byte[], double> number) = bytes[2] switch
        {
            8 => (1, b => b[0]),
            9 => (1, b => (sbyte)b[0]),
            11 => (2, b => BinaryPrimitives.ReadInt16BigEndian(b)),
            12 => (4, b => BinaryPrimitives.ReadInt32BigEndian(b)),
            13 => (4, b => BinaryPrimitives.ReadSingleBigEndian(b)),
            14 => (8, (Func<byte[], double>)(b => BinaryPrimitives.ReadDoubleBigEndian(b))),
            _ => throw new InvalidOperationException($"type {bytes[2]}"),
        };
        Assert.Equal(bytes[(4 * (1 + sizes.Length))..].Chunk(width).Select(number), read.To(DType.F64).ToArray<double>());
    }
}
