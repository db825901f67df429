using System.Text;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats;

[Collection(Alone.Name)]
public class CsvTests
{
    static CsvTable Read(string text, CsvOptions? options = null) => Csv.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), options, "f");

    [Fact]
    public void Numbers_are_read()
    {
        CsvTable table = Read("1,2.5\r\n-3e2, 4 \n\n5,6");
        Assert.Equal([3, 2], table.Values.Shape);
        Assert.Equal([1f, 2.5f, -300f, 4f, 5f, 6f], table.Values.ToArray<float>());
        Assert.Null(table.Names);
        Assert.Null(table.Labels);
    }

    [Fact]
    public void Quotes_may_hold_separators_quotes_and_line_ends()
    {
        CsvTable table = Read("\"a,\"\"b\"\"\n c\",d\n\"1\",2\n", new() { DType = DType.F64 });
        Assert.Equal(["a,\"b\"\n c", "d"], table.Names);
        Assert.Equal([1.0, 2.0], table.Values.ToArray<double>());
    }

    [Fact]
    public void A_summary_line_names_the_classes()
    {
        CsvTable iris = Read("3,2,setosa,versicolor,virginica\n5.1,3.5,0\n4.9,3.0,2\n4.7,3.2,1\n");
        Assert.Equal([5.1f, 3.5f, 4.9f, 3f, 4.7f, 3.2f], iris.Values.ToArray<float>());
        Assert.Equal([0L, 2, 1], iris.Labels!.ToArray<long>());
        Assert.Equal(["setosa", "versicolor", "virginica"], iris.Classes);
    }

    [Fact]
    public void Columns_and_labels_go_by_name_or_number()
    {
        const string Text = "w,kind,h\n1,dog,2\n3,cat,4\n5,dog,6\n";
        CsvTable named = Read(Text, new() { Label = "kind", Columns = ["h", "w"] });
        Assert.Equal(["h", "w"], named.Names);
        Assert.Equal([2f, 1f, 4f, 3f, 6f, 5f], named.Values.ToArray<float>());
        Assert.Equal([1L, 0, 1], named.Labels!.ToArray<long>());
        Assert.Equal(["cat", "dog"], named.Classes);
        CsvTable numbered = Read(Text, new() { Label = 1, Columns = [-1] });
        Assert.Equal([2f, 4f, 6f], numbered.Values.ToArray<float>());
        Assert.Equal([1L, 0, 1], numbered.Labels!.ToArray<long>());
        CsvTable numbers = Read("0.5,2\n0.25,0\n", new() { Label = -1 });
        Assert.Equal([2L, 0], numbers.Labels!.ToArray<long>());
        Assert.Null(numbers.Classes);
    }

    [Fact]
    public void Gzip_marks_empty_cells_and_other_separators_are_understood()
    {
        var stream = new MemoryStream(TemporaryFolder.Gzip([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("a;b\n1;\n")]));
        CsvTable table = Csv.Read(stream, new() { Separator = ';', Empty = -1 });
        Assert.Equal(["a", "b"], table.Names);
        Assert.Equal([1f, -1f], table.Values.ToArray<float>());
        Assert.Equal([float.PositiveInfinity], Read("Infinity", new() { CheckFinite = false }).Values.ToArray<float>());
        Assert.Equal([0, 2], Read("a,b\n", new() { Header = CsvHeader.Names }).Values.Shape);
    }

    public static TheoryData<string, CsvOptions, string> Broken => new()
    {
        { "", new(), "a file must hold at least one line, but 'f' is empty." },
        { "1,2\n3\n", new(), "every line must have as many cells as the first, but line 2 of 'f' has 1 and the first has 2." },
        { "1,2\n3,x\n", new(), "cells must be numbers, but line 2, column 2 of 'f' is 'x'." },
        { "1,2\n\"3\n\",4\nx,5\n", new(), "cells must be numbers, but line 4, column 1 of 'f' is 'x'." },
        { "1,2\n3,\n", new(), "cells must be numbers, but line 2, column 2 of 'f' is ''." },
        { "1,2\n3,1.000,5\n", new(), "every line must have as many cells as the first, but line 2 of 'f' has 3 and the first has 2." },
        { "1\nNaN\n", new(), "numbers must be finite F32, but line 2, column 1 of 'f' is 'NaN'." },
        { "1\n1e39\n", new(), "numbers must be finite F32, but line 2, column 1 of 'f' is '1e39'." },
        { "1\n1e400\n", new() { DType = DType.F64 }, "numbers must be finite F64, but line 2, column 1 of 'f' is '1e400'." },
        { "1,\"2\n", new(), "a quoted cell must end with a quote, but 'f' ends first in line 2, column 2." },
        { "1,2\n3,4\"5\n", new(), "a quote may stand only around a whole cell, but 'f' has one inside in line 2, column 2." },
        { "1,\"2\"3\n", new(), "after a quoted cell comes a separator or the line's end, but 'f' has '3' in line 1, column 2." },
        { "2,1,a,b\n1,0\n1,2\n", new(), "labels must be below the number of classes, but row 2 of 'f' has 2 and the first line names 2 classes." },
        { "2,1,a,b\n1,a\n1,c\n", new(), "labels must be among the classes of the first line, but row 2 of 'f' has 'c'." },
        { "3,1,a,b\n1,0\n1,1\n", new(), "a summary must hold the number of rows, the number of features and the classes, but 'f' has 2 rows of 1 features and a first line of '3,1,a'." },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Every_rule_has_its_sentence(string text, CsvOptions options, string sentence) =>
        Assert.Equal($"csv: {sentence}", Assert.Throws<FormatException>(() => Read(text, options)).Message);

    [Fact]
    public void Other_rules_have_theirs()
    {
        Assert.Equal("csv: a column must exist to be read, but 'f' has 2 columns named 'a', 'b' and 'c' is none of them.", Assert.Throws<ArgumentException>(() => Read("a,b\n1,2\n", new() { Label = "c" })).Message);
        Assert.Equal("csv: a column must exist to be read, but 'f' has 2 columns without names and 2 is none of them.", Assert.Throws<ArgumentException>(() => Read("1,2\n1,2\n", new() { Columns = [2] })).Message);
        Assert.Equal("csv: numbers are read as F32 or F64, but the type is I64.", Assert.Throws<DTypeException>(() => Read("1", new() { DType = DType.I64 })).Message);
        Assert.Equal("csv: text must be UTF-8, but 'f' is not.", Assert.Throws<FormatException>(() => Csv.Read(new MemoryStream([(byte)'1', 0xFF, (byte)'\n']), null, "f")).Message);
        Assert.Equal("csv: a cell has at most 1048576 characters, but one of 'f' has more in line 1, column 1.", Assert.Throws<FormatException>(() => Read("\"" + new string('1', 2_000_000))).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_files_are_refused_or_read_as_what_they_say(bool gzip)
    {
        byte[] valid = Encoding.UTF8.GetBytes("height,\"the \"\"width\"\"\",kind\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{i}.5,-{i}e1,{i % 3}\n")));
        Mutations.Each(gzip ? TemporaryFolder.Gzip(valid) : valid, 2000, "csv", bytes => SameAsNaive(TemporaryFolder.IsGzip(bytes) ? valid : bytes, Csv.Read(new MemoryStream(bytes), new() { Label = -1 })));
    }

    [Fact]
    public void Damaged_text_is_refused_or_read_as_what_it_says()
    {
        string[] pieces = ["\"", "\"\"", ",", "\n", "\r\n", "\r", "\0", " ", "1e308", "1e-400", "-0", "NaN", "Infinity", "0x10", "1,2,3\n", "99999999999999999999999", "\uFEFF", "é", ";", "\t", "+1", "1_0", "1e", "."];
        Mutations.Each(Encoding.UTF8.GetBytes("1,2,0\n3.5,4,1\n5,6e2,2\n"), 2000, "csv", bytes => SameAsNaive(bytes, Csv.Read(new MemoryStream(bytes), new() { Label = -1 })), (file, random) =>
        {
            string text = Encoding.UTF8.GetString(file);
            for (long edits = 1 + random.NextInteger(2); edits > 0; edits--) text = text.Insert((int)random.NextInteger(text.Length + 1), pieces[random.NextInteger(pieces.Length)]);
            return Encoding.UTF8.GetBytes(text);
        });
    }

    /// <summary>The rows at the end of the text, by splitting; text with quotes is only looked at for finite numbers.</summary>
    static void SameAsNaive(byte[] bytes, CsvTable table)
    {
        float[] values = table.Values.ToArray<float>();
        Assert.Equal(table.Values.Shape[0], table.Labels!.Elements);
        Assert.DoesNotContain(values, v => !float.IsFinite(v));
        string text = Encoding.UTF8.GetString(bytes);
        string[] lines = [.. text.Split(["\r\n", "\n", "\r"], StringSplitOptions.None).Where(line => line.Length > 0)];
        string[] rows = lines[^(int)table.Values.Shape[0]..];
        if (rows.Any(row => row.Contains('"'))) return;
        Assert.Equal(rows.SelectMany(row => row.Split(',')[..^1]).Select(cell => float.Parse(cell.Trim(' ', '\t', '\uFEFF'), System.Globalization.CultureInfo.InvariantCulture)), values);
    }
}
