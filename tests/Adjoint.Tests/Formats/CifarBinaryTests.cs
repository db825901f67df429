using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats;

[Collection(Alone.Name)]
public sealed class CifarBinaryTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Image(params byte[] labels) => [.. labels, .. Enumerable.Range(0, 3072).Select(i => (byte)(i + labels[0]))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_classes_have_one_label_byte(bool gzip)
    {
        byte[] bytes = [.. Image(9), .. Image(0)];
        CifarImages read = CifarBinary.Read10(_folder.Write("batch.bin", gzip ? TemporaryFolder.Gzip(bytes) : bytes));
        Assert.Equal([2, 3, 32, 32], read.Images.Shape);
        Assert.Equal([.. Image(9)[1..], .. Image(0)[1..]], read.Images.ToArray<byte>());
        Assert.Equal([9L, 0], read.Labels.ToArray<long>());
        Assert.Null(read.CoarseLabels);
    }

    [Fact]
    public void A_hundred_classes_have_two()
    {
        CifarImages read = CifarBinary.Read100(new MemoryStream([.. Image(19, 99), .. Image(3, 7)]));
        Assert.Equal([99L, 7], read.Labels.ToArray<long>());
        Assert.Equal([19L, 3], read.CoarseLabels!.ToArray<long>());
        Assert.Equal(Image(3, 7)[2..], read.Images.ToArray<byte>()[3072..]);
    }

    [Fact]
    public void Every_rule_has_its_sentence()
    {
        Assert.Equal("cifar: a file must hold at least one image, but 'f' is empty.", Refused([]));
        Assert.Equal("cifar: the size must be a multiple of 3073 bytes, but 'f' holds 3072.", Refused(Image(1)[1..]));
        Assert.Equal("cifar: labels must be below 10, but that of image 1 in 'f' is 10.", Refused([.. Image(1), .. Image(10)]));
        Assert.Equal("cifar: the size must be a multiple of 3074 bytes, but 'f' holds 3073.", Assert.Throws<FormatException>(() => CifarBinary.Read100(new MemoryStream(Image(1)), "f")).Message);
        Assert.Equal("cifar: labels must be below 20, but that of image 0 in 'f' is 20.", Assert.Throws<FormatException>(() => CifarBinary.Read100(new MemoryStream(Image(20, 1)), "f")).Message);
        Assert.Equal("cifar: labels must be below 100, but that of image 0 in 'f' is 100.", Assert.Throws<FormatException>(() => CifarBinary.Read100(new MemoryStream(Image(1, 100)), "f")).Message);

        static string Refused(byte[] bytes) => Assert.Throws<FormatException>(() => CifarBinary.Read10(new MemoryStream(bytes), "f")).Message;
    }

    [Theory]
    [InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void Damaged_files_are_refused_or_read_as_what_they_say(bool hundred, bool gzip)
    {
        int labels = hundred ? 2 : 1, row = 3072 + labels;
        byte[] valid = hundred ? [.. Image(1, 50), .. Image(2, 9)] : [.. Image(1), .. Image(2)];
        Mutations.Each(gzip ? TemporaryFolder.Gzip(valid) : valid, 1000, "cifar", bytes =>
        {
            CifarImages read = hundred ? CifarBinary.Read100(new MemoryStream(bytes)) : CifarBinary.Read10(new MemoryStream(bytes));
            // What decompresses has a right checksum, so it is what was compressed.
            byte[][] rows = [.. (TemporaryFolder.IsGzip(bytes) ? valid : bytes).Chunk(row)];
            Assert.Equal(rows.Select(r => (long)r[labels - 1]), read.Labels.ToArray<long>());
            if (hundred) Assert.Equal(rows.Select(r => (long)r[0]), read.CoarseLabels!.ToArray<long>());
            Assert.True(rows.SelectMany(r => r.Skip(labels)).SequenceEqual(read.Images.ToArray<byte>()));
        }, hundred || gzip ? null : Lengths);

        // Changes of bytes leave hardly any file a whole number of images long; whole rows more or less do.
        byte[] Lengths(byte[] file, Generator random)
        {
            if (random.NextInteger(2) == 0) return Mutations.Damage(file, random);
            byte[] rows = [.. Enumerable.Range(0, (int)random.NextInteger(4)).SelectMany(_ => file[(row * (int)random.NextInteger(2))..][..row])];
            for (int i = 0; i < 20 && rows.Length > 0; i++) rows[(int)random.NextInteger(rows.Length)] = (byte)random.NextInteger(256);
            if (rows.Length > 0) rows[0] = (byte)random.NextInteger(20);
            return rows;
        }
    }
}
