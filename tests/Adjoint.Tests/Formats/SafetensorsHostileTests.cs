using System.Text;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats;

/// <summary>Every rule of the header, broken one at a time.</summary>
public class SafetensorsHostileTests
{
    public static TheoryData<string, int, string> Headers => new()
    {
        { "", 0, "the header must begin with '{', but that of 'f' is empty." },
        { " {}", 0, "the header must begin with '{', but that of 'f' begins with byte 32." },
        { "[1]", 0, "the header must begin with '{', but that of 'f' begins with byte 91." },
        { """{"a":1}""", 0, "the header's values must be objects, but that of 'a' in 'f' is not." },
        { """{"__metadata__":{"a":1}}""", 0, "metadata must map text to text, but the value of 'a' in 'f' is not text." },
        { """{"__metadata__":{"a":"1","a":"2"}}""", 0, "metadata keys must be unique, but 'a' occurs twice in 'f'." },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, "names must be unique, but '__metadata__' occurs twice in 'f'." },
        { Two("a", "a", "[0,4]", "[4,8]"), 8, "names must be unique, but 'a' occurs twice in 'f'." },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "names must be unique, but 'dtype' occurs twice at 'a' in 'f'." },
        { """{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "a tensor needs a dtype, but 'a' in 'f' has none." },
        { """{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "a tensor needs a shape, but 'a' in 'f' has none." },
        { """{"a":{"dtype":"F32","shape":[1]}}""", 4, "a tensor needs two data_offsets, but 'a' in 'f' has 0." },
        { One("[1]", "[0]"), 4, "a tensor needs two data_offsets, but 'a' in 'f' has 1." },
        { One("[1]", "[0,4,8]"), 4, "data_offsets has at most 2 numbers, but that of 'a' in 'f' has more." },
        { One("[1]", "[0,4]", "Q4"), 4, "element types are F64, F32, BF16, F16, I64, I32, U8 and BOOL, but that of 'a' in 'f' is 'Q4'." },
        { One("[1]", "[0,4]", "Bool"), 4, "element types are F64, F32, BF16, F16, I64, I32, U8 and BOOL, but that of 'a' in 'f' is 'Bool'." },
        { """{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "element types are F64, F32, BF16, F16, I64, I32, U8 and BOOL, but that of 'a' in 'f' is not text." },
        { One("4", "[0,4]"), 4, "shape must be a list of whole numbers, but that of 'a' in 'f' is not a list." },
        { One("[-1]", "[0,4]"), 4, "shape must be a list of whole numbers from 0 to 2^63-1, but that of 'a' in 'f' holds something else." },
        { One("[1.0]", "[0,4]"), 4, "shape must be a list of whole numbers from 0 to 2^63-1, but that of 'a' in 'f' holds something else." },
        { One("[9223372036854775808]", "[0,4]"), 4, "shape must be a list of whole numbers from 0 to 2^63-1, but that of 'a' in 'f' holds something else." },
        { One("[[1]]", "[0,4]"), 4, "shape must be a list of whole numbers from 0 to 2^63-1, but that of 'a' in 'f' holds something else." },
        { One($"[{string.Join(",", Enumerable.Repeat(1, 65))}]", "[0,4]"), 4, "shape has at most 64 numbers, but that of 'a' in 'f' has more." },
        { One("[1099511627776,28,28]", "[0,4]"), 4, "data_offsets must hold the shape's elements, but 'a' in 'f' is F32 [1099511627776, 28, 28] and its offsets [0, 4] hold 4 bytes." },
        { One("[4294967296,4294967296]", "[0,4]"), 4, "a tensor holds at most 2^63-1 elements, but 'a' in 'f' has shape [4294967296, 4294967296]." },
        { One("[4611686018427387905]", "[0,4]"), 4, "data_offsets must hold the shape's elements, but 'a' in 'f' is F32 [4611686018427387905] and its offsets [0, 4] hold 4 bytes." },
        { One("[1]", "[0,5]"), 5, "data_offsets must hold the shape's elements, but 'a' in 'f' is F32 [1] and its offsets [0, 5] hold 5 bytes." },
        { One("[1]", "[4,0]"), 4, "data_offsets must lie in order within the data, but those of 'a' in 'f' are [4, 0] and the data has 4 bytes." },
        { One("[1]", "[0,4]"), 3, "data_offsets must lie in order within the data, but those of 'a' in 'f' are [0, 4] and the data has 3 bytes." },
        { One("[1]", "[9223372036854775803,9223372036854775807]"), 4, "data_offsets must lie in order within the data, but those of 'a' in 'f' are [9223372036854775803, 9223372036854775807] and the data has 4 bytes." },
        { Two("a", "b", "[0,4]", "[0,4]"), 4, "tensors must follow one another without overlap, but 'b' in 'f' begins at 0 and the one before it ends at 4." },
        { Two("a", "b", "[4,8]", "[2,6]"), 8, "tensors must follow one another without gap, but 'b' in 'f' begins at 2 and the one before it ends at 0." },
        { Two("a", "b", "[0,4]", "[5,9]"), 9, "tensors must follow one another without gap, but 'b' in 'f' begins at 5 and the one before it ends at 4." },
        { One("[1]", "[0,4]"), 6, "the data must end with the last tensor, but in 'f' the last tensor ends at 4 and the data at 6." },
        { """{"a\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "names and metadata must be valid Unicode text, but 'f' holds some that is not." },
    };

    [Theory, MemberData(nameof(Headers))]
    public void A_broken_header_is_refused(string header, int dataBytes, string sentence) =>
        Assert.Equal($"safetensors: {sentence}", Refused(header, dataBytes));

    [Theory]
    [InlineData("{")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}""")]
    [InlineData("{} x")]
    [InlineData("{}{}")]
    [InlineData("{'a':1}")]
    public void What_is_no_JSON_is_refused(string header) => Assert.StartsWith("safetensors: the header must be valid JSON, but that of 'f' is not: ", Refused(header, 4), StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused() => Assert.StartsWith("safetensors: the header must be valid JSON", Refused("""{"a":{"x":""" + new string('[', 100_000), 0), StringComparison.Ordinal);

    [Fact]
    public void Unknown_keys_are_passed_over()
    {
        using SafetensorsFile file = Safetensors.Read(new MemoryStream(Bytes("""{"a":{"x":[{"y":1}],"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  """, 4)));
        Assert.Equal([0f], file.Load("a").ToArray<float>());
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 }, "a file begins with 8 bytes of header length, but 'f' has 3 bytes.")]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 123, 125 }, "the header must lie within the file, but 'f' promises 9 bytes of header and has 10 bytes in all.")]
    [InlineData(new byte[] { 1, 225, 245, 5, 0, 0, 0, 0, 123, 125 }, "the header must be at most 100000000 bytes, but 'f' promises 100000001.")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 }, "the header must be at most 100000000 bytes, but 'f' promises 18446744073709551615.")]
    public void A_broken_length_is_refused(byte[] bytes, string sentence) =>
        Assert.Equal($"safetensors: {sentence}", Assert.Throws<FormatException>(() => Safetensors.Read(new MemoryStream(bytes), "f")).Message);

    [Fact]
    public void A_truth_value_of_2_is_refused()
    {
        byte[] bytes = Bytes(One("[3]", "[0,3]", "BOOL"), 3);
        bytes[^2] = 2;
        using SafetensorsFile file = Safetensors.Read(new MemoryStream(bytes), "f");
        Assert.Equal("safetensors: truth values must be 0 or 1, but element 1 of 'a' in 'f' is 2.", Assert.Throws<FormatException>(() => file.Load("a")).Message);
    }

    [Fact]
    public void A_file_that_shrinks_while_open_is_noticed()
    {
        var stream = new MemoryStream();
        stream.Write(Bytes(One("[4]", "[0,16]"), 16));
        using SafetensorsFile file = Safetensors.Read(stream, "f");
        stream.SetLength(stream.Length - 1);
        Assert.Equal("safetensors: a file must stay whole while it is open, but 'f' ends within 'a'.", Assert.Throws<FormatException>(() => file.Load("a")).Message);
    }

    static string One(string shape, string offsets, string dtype = "F32") => $$$"""{"a":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}} }}""";

    static string Two(string first, string second, string offsets, string others) =>
        $$$"""{"{{{first}}}":{"dtype":"F32","shape":[1],"data_offsets":{{{offsets}}} },"{{{second}}}":{"dtype":"F32","shape":[1],"data_offsets":{{{others}}} }}""";

    static byte[] Bytes(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[dataBytes]];
    }

    static string Refused(string header, int dataBytes) => Assert.Throws<FormatException>(() => Safetensors.Read(new MemoryStream(Bytes(header, dataBytes)), "f")).Message;
}
