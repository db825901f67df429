using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Adjoint.Formats;

/// <summary>One tensor of a safetensors file: where its bytes lie, counted from the end of the header.</summary>
internal readonly record struct SafetensorsEntry(string Name, Spec Spec, long Begin, long End);

/// <summary>The parsed and checked header of a safetensors file. Everything in it may be hostile until the last line of <see cref="Read"/>.</summary>
internal sealed class SafetensorsHeader
{
    public const long LongestBytes = 100_000_000;
    public const int MostAxes = 64;

    readonly string _file;
    readonly List<SafetensorsEntry> _entries = [];
    readonly HashSet<string> _names = [];

    SafetensorsHeader(string file) => _file = file.Quoted();

    /// <summary>The tensors in the header's order.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>The position in the file of the first byte of data.</summary>
    public long DataStart { get; private set; }

    public static string Text(DType dtype) => dtype == DType.Bool ? "BOOL" : dtype.ToString();

    public static SafetensorsHeader Read(Stream stream, string file)
    {
        var header = new SafetensorsHeader(file);
        long fileBytes = stream.Length;
        byte[] json = header.ReadBytes(stream, fileBytes);
        try
        {
            var reader = new Utf8JsonReader(json);
            header.ReadRoot(ref reader);
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            throw new FormatException($"safetensors: the header must be valid JSON, but that of {header._file} is not: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's word for a string that is not valid Unicode.
            throw new FormatException($"safetensors: names and metadata must be valid Unicode text, but {header._file} holds some that is not.", e);
        }

        header.CheckLayout(fileBytes - header.DataStart);
        return header;
    }

    byte[] ReadBytes(Stream stream, long fileBytes)
    {
        if (fileBytes < 8) Fail($"a file begins with 8 bytes of header length, but {_file} has {fileBytes} bytes");
        Span<byte> length = stackalloc byte[8];
        stream.Position = 0;
        stream.ReadExactly(length);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > LongestBytes) Fail($"the header must be at most {LongestBytes} bytes, but {_file} promises {headerBytes}");
        if ((long)headerBytes > fileBytes - 8) Fail($"the header must lie within the file, but {_file} promises {headerBytes} bytes of header and has {fileBytes} bytes in all");
        DataStart = 8 + (long)headerBytes;
        byte[] json = new byte[headerBytes];
        stream.ReadExactly(json);
        if (json is not [(byte)'{', ..]) Fail($"the header must begin with '{{', but that of {_file} {(json.Length == 0 ? "is empty" : $"begins with byte {json[0]}")}");
        return json;
    }

    void ReadRoot(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!_names.Add(name)) Fail($"names must be unique, but {name.Quoted()} occurs twice in {_file}");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) Fail($"the header's values must be objects, but that of {name.Quoted()} in {_file} is not");
            if (name == "__metadata__") ReadMetadata(ref reader);
            else ReadEntry(ref reader, name);
        }
    }

    void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) Fail($"metadata must map text to text, but the value of {key.Quoted()} in {_file} is not text");
            if (!Metadata.TryAdd(key, reader.GetString()!)) Fail($"metadata keys must be unique, but {key.Quoted()} occurs twice in {_file}");
        }
    }

    void ReadEntry(ref Utf8JsonReader reader, string name)
    {
        DType? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            bool again = false;
            switch (key)
            {
                case "dtype":
                    again = dtype is not null;
                    dtype = ReadDType(ref reader, name);
                    break;
                case "shape":
                    again = shape is not null;
                    shape = ReadNumbers(ref reader, name, "shape", MostAxes);
                    break;
                case "data_offsets":
                    again = offsets is not null;
                    offsets = ReadNumbers(ref reader, name, "data_offsets", 2);
                    break;
                default:
                    reader.Skip();
                    break;
            }

            if (again) Fail($"names must be unique, but {key.Quoted()} occurs twice at {name.Quoted()} in {_file}");
        }

        if (dtype is null) Fail($"a tensor needs a dtype, but {name.Quoted()} in {_file} has none");
        if (shape is null) Fail($"a tensor needs a shape, but {name.Quoted()} in {_file} has none");
        if (offsets is null || offsets.Length != 2) Fail($"a tensor needs two data_offsets, but {name.Quoted()} in {_file} has {offsets?.Length ?? 0}");
        _entries.Add(new(name, new(CheckedShape(shape, name), dtype.Value), offsets[0], offsets[1]));
    }

    DType ReadDType(ref Utf8JsonReader reader, string name)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (DType dtype in Enum.GetValues<DType>()) if (Text(dtype) == text) return dtype;
        Fail($"element types are F64, F32, BF16, F16, I64, I32, U8 and BOOL, but that of {name.Quoted()} in {_file} is {text?.Quoted() ?? "not text"}");
        return default;
    }

    long[] ReadNumbers(ref Utf8JsonReader reader, string name, string what, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray) Fail($"{what} must be a list of whole numbers, but that of {name.Quoted()} in {_file} is not a list");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                Fail($"{what} must be a list of whole numbers from 0 to 2^63-1, but that of {name.Quoted()} in {_file} holds something else");
                break;
            }

            if (numbers.Count == most) Fail($"{what} has at most {most} numbers, but that of {name.Quoted()} in {_file} has more");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    Shape CheckedShape(long[] sizes, string name)
    {
        try
        {
            return Shape.Create(sizes);
        }
        catch (ShapeException e)
        {
            throw new FormatException($"safetensors: a tensor holds at most 2^63-1 elements, but {name.Quoted()} in {_file} has shape [{string.Join(", ", sizes)}].", e);
        }
    }

    // Tensors must tile the data exactly: no byte belongs to two of them or to none.
    void CheckLayout(long dataBytes)
    {
        foreach ((string name, Spec spec, long begin, long end) in _entries)
        {
            if (begin > end || end > dataBytes) Fail($"data_offsets must lie in order within the data, but those of {name.Quoted()} in {_file} are [{begin}, {end}] and the data has {dataBytes} bytes");
            if (spec.Shape.Elements != (end - begin) / spec.DType.Bytes || (end - begin) % spec.DType.Bytes != 0)
                Fail($"data_offsets must hold the shape's elements, but {name.Quoted()} in {_file} is {Text(spec.DType)} {spec.Shape} and its offsets [{begin}, {end}] hold {end - begin} bytes");
        }

        long position = 0;
        foreach ((string name, _, long begin, long end) in _entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (begin != position) Fail($"tensors must follow one another without {(begin < position ? "overlap" : "gap")}, but {name.Quoted()} in {_file} begins at {begin} and the one before it ends at {position}");
            position = end;
        }

        if (position != dataBytes) Fail($"the data must end with the last tensor, but in {_file} the last tensor ends at {position} and the data at {dataBytes}");
    }

    [DoesNotReturn]
    static void Fail(string what) => throw new FormatException($"safetensors: {what}.");
}
