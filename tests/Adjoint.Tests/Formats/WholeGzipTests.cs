using System.Text;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats;

public class WholeGzipTests
{
    // Lines that do not compress away: a cut anywhere in the file must be seen, also where a line happens to end.
    static readonly byte[] Table = Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"{i},{i * 7919 % 1009}")));
    static readonly byte[] Whole = TemporaryFolder.Gzip(Table);

    static CsvTable Read(byte[] bytes) => Csv.Read(new MemoryStream(bytes), null, "f");

    [Fact]
    public void A_whole_file_is_read_to_its_last_line()
    {
        Tensor values = Read(Whole).Values;
        Assert.Equal([4000, 2], values.Shape);
        Assert.Equal(3999, values[-1, 0].Item());
    }

    [Fact]
    public void Files_may_be_set_behind_one_another()
    {
        byte[] first = TemporaryFolder.Gzip("1,2\n"u8.ToArray()), second = TemporaryFolder.Gzip("3,4\n"u8.ToArray());
        Assert.Equal([1f, 2f, 3f, 4f], Read([.. first, .. TemporaryFolder.Gzip([]), .. second]).Values.ToArray<float>());
    }

    [Fact]
    public void A_cut_file_never_gives_fewer_rows()
    {
        for (int length = 2; length < Whole.Length; length += length > Whole.Length - 30 ? 1 : 41)
        {
            byte[] cut = Whole[..length];
            Assert.StartsWith("csv: ", Assert.Throws<FormatException>(() => Read(cut)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_missing_end_has_its_sentence() =>
        Assert.StartsWith("idx: gzipped data must be whole, but 'f' does not decompress: ", Assert.Throws<FormatException>(() => Idx.Read(new MemoryStream(TemporaryFolder.Gzip([0, 0, 8, 1, 0, 0, 0, 2, 7, 8])[..^4]), "f")).Message, StringComparison.Ordinal);
}
