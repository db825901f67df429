using System.Text;
using System.Text.Json;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Formats;

/// <summary>Damaged safetensors files, and model files, against a reading of the header by another parser.</summary>
[Collection(Alone.Name)]
public sealed class SafetensorsDamageTests : IDisposable
{
    static readonly string[] Numbers = ["-1", "0", "1", "2", "4", "8", "1.5", "1e3", "1e400", "9223372036854775807", "9223372036854775808", "4294967296", "18446744073709551616", "null", "\"4\"", "[]", "[[]]", "{}", "true"];
    static readonly string[] Pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\":{", "\"shape\":[1],", "\"dtype\":\"F32\",", "\"data_offsets\":[0,4],", "\"__metadata__\":{},", "\\ud800", "\\u0000", "\0", "é", "/**/", " ", "\n"];

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Valid()
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, SafetensorsTests.Every(), new Dictionary<string, string> { ["k"] = "v" });
        return stream.ToArray();
    }

    [Fact]
    public void Damaged_files_are_refused_or_read_as_what_they_say() => Mutations.Each(Valid(), 2000, "safetensors", SameAsNaive);

    [Fact]
    public void Damaged_headers_are_refused_or_read_as_what_they_say() => Mutations.Each(Valid(), 3000, "safetensors", SameAsNaive, DamageHeader);

    [Fact]
    public void Damaged_lengths_are_refused_or_read_as_what_they_say() => Mutations.Each(Valid(), 1000, "safetensors", SameAsNaive, (file, random) =>
    {
        long length = BitConverter.ToInt64(file);
        long[] lengths = [-1, 0, 1, 8, file.Length, file.Length - 8, length + 1, length - 1, length + 8, long.MaxValue, long.MinValue, int.MaxValue, 100_000_000, 100_000_001, length];
        return [.. BitConverter.GetBytes(lengths[random.NextInteger(lengths.Length)]), .. file.AsSpan(8, (int)random.NextInteger(file.Length - 7))];
    });

    [Theory]
    [InlineData(10), InlineData(1_000), InlineData(100_000)]
    public void Deep_nesting_is_refused(int depth)
    {
        foreach (string header in (string[])[string.Concat(Enumerable.Repeat("{\"a\":", depth)), "{\"a\":" + new string('[', depth), "{\"a\":{\"shape\":" + new string('[', depth), "{\"a\":{\"more\":" + new string('[', depth)])
            Assert.StartsWith("safetensors: ", Assert.Throws<FormatException>(() => SameAsNaive(File(Encoding.UTF8.GetBytes(header), []))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_model_files_are_refused_or_loaded_as_what_they_say()
    {
        var model = new Linear(3, 2, new Generator(1));
        string path = _folder.File("model.safetensors");
        ModelFile.Save(path, model);
        byte[] valid = System.IO.File.ReadAllBytes(path);
        Mutations.Each(valid, 1000, "safetensors", bytes =>
        {
            System.IO.File.WriteAllBytes(path, bytes);
            byte[][] before = [.. model.Parameters().Select(SafetensorsTests.Bytes)];
            try
            {
                ModelFile.Load(path, model);
            }
            catch (ArgumentException)
            {
                // Another name or shape: the model is as it was.
                Assert.Equal(before, model.Parameters().Select(SafetensorsTests.Bytes));
                return;
            }

            SameAsNaive(bytes);
            Dictionary<string, byte[]> expected = Naive(bytes);
            foreach ((string name, Tensor tensor) in model.NamedParameters()) if (expected[name].Length == tensor.Elements * 4) Assert.Equal(expected[name], SafetensorsTests.Bytes(tensor));
        }, (file, random) => random.NextInteger(2) == 0 ? Mutations.Damage(file, random) : DamageHeader(file, random));
    }

    static byte[] DamageHeader(byte[] file, Generator random)
    {
        int length = (int)BitConverter.ToInt64(file);
        string header = Encoding.UTF8.GetString(file, 8, length);
        for (long edits = 1 + random.NextInteger(2); edits > 0; edits--)
        {
            int[] digits = [.. Enumerable.Range(0, header.Length).Where(i => char.IsAsciiDigit(header[i]))];
            switch (random.NextInteger(4))
            {
                case 0 when digits.Length > 0:
                    header = header.Remove(digits[random.NextInteger(digits.Length)], 1);
                    break;
                case 1 when digits.Length > 0:
                    int at = digits[random.NextInteger(digits.Length)];
                    header = header.Remove(at, 1).Insert(at, Numbers[random.NextInteger(Numbers.Length)]);
                    break;
                case 2:
                    header = header.Insert((int)random.NextInteger(header.Length + 1), Pieces[random.NextInteger(Pieces.Length)]);
                    break;
                default:
                    // A part once more: duplicate keys, overlapping entries.
                    int from = (int)random.NextInteger(header.Length), count = (int)random.NextInteger(Math.Min(80, header.Length - from) + 1);
                    header = header.Insert((int)random.NextInteger(header.Length + 1), header.Substring(from, count));
                    break;
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(header);
        if (random.NextInteger(4) == 0 && bytes.Length > 1) bytes[1 + random.NextInteger(bytes.Length - 1)] = (byte)(0x80 + random.NextInteger(0x80));
        return File(bytes, file.AsSpan(8 + length));
    }

    static byte[] File(byte[] header, ReadOnlySpan<byte> data) => [.. BitConverter.GetBytes((long)header.Length), .. header, .. data];

    static void SameAsNaive(byte[] bytes)
    {
        using SafetensorsFile file = Safetensors.Read(new MemoryStream(bytes));
        Dictionary<string, byte[]> expected = Naive(bytes);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
        foreach ((string name, Tensor tensor) in file.LoadAll()) Assert.Equal(expected[name], SafetensorsTests.Bytes(tensor));
    }


    /// <summary>The bytes between each tensor's offsets.</summary>
    static Dictionary<string, byte[]> Naive(byte[] bytes)
    {
        int length = (int)BitConverter.ToInt64(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, length));
        return header.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").ToDictionary(p => p.Name, p =>
        {
            JsonElement offsets = p.Value.GetProperty("data_offsets");
            return bytes[(8 + length + offsets[0].GetInt32())..(8 + length + offsets[1].GetInt32())];
        });
    }
}
