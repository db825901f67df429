using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Adjoint.Formats;

/// <summary>Reads and writes named tensors in the safetensors format: an 8-byte header length, a JSON header, the elements.</summary>
/// <remarks>Source: the format's published description (huggingface/safetensors).</remarks>
/// <example><code>
/// Safetensors.Write("model.safetensors", new Dictionary&lt;string, Tensor&gt; { ["weight"] = weight });
/// using SafetensorsFile file = Safetensors.Read("model.safetensors");
/// Tensor again = file.Load("weight");
/// </code></example>
public static class Safetensors
{
    const string MetadataKey = "__metadata__";
    const int PieceBytes = 1 << 26;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Opens a file and reads its header; elements are read when asked for.</summary>
    /// <exception cref="FormatException">The header breaks a rule of the format; the sentence names file, rule and value.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    [PyTorch("safetensors.safe_open", "safetensors.torch.load_file", Differs = "All tensors: `.LoadAll()`. Weights of PyTorch models come in through this; keys are the names of fields, so `0.weight` is to be renamed to `0.Weight`.")]
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0), path);
    }

    /// <summary>Reads the header of a seekable stream that holds nothing else; the result disposes of the stream.</summary>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static SafetensorsFile Read(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            return new(stream, name, SafetensorsHeader.Read(stream, name));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a file: under a temporary name in the same folder, flushed to disk, then renamed, so that the final name never refers to half a file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="tensors">Name and tensor, in the order the header lists them; strided tensors are written in row-major order.</param>
    /// <param name="metadata">Free text for the header.</param>
    /// <exception cref="ArgumentException">A name occurs twice, is reserved, or is not valid text.</exception>
    /// <exception cref="IOException">The disk refuses; an existing file is untouched.</exception>
    [PyTorch("safetensors.torch.save_file")]
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        KeyValuePair<string, Tensor>[] entries = [.. tensors];
        byte[] header = Header(entries, metadata);
        AtomicFile.Write(path, stream => Write(stream, header, entries));
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, IReadOnlyDictionary{string, string}?)" path="/param"/>
    /// <exception cref="ArgumentException">A name occurs twice, is reserved, or is not valid text.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        KeyValuePair<string, Tensor>[] entries = [.. tensors];
        Write(stream, Header(entries, metadata), entries);
    }

    static void Write(Stream stream, byte[] header, KeyValuePair<string, Tensor>[] entries)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in InDataOrder(entries)) WriteElements(stream, tensor);
    }

    // Wide elements first: every tensor is then aligned to its element size, for readers that map the file.
    static IOrderedEnumerable<KeyValuePair<string, Tensor>> InDataOrder(KeyValuePair<string, Tensor>[] entries) => entries.OrderByDescending(e => e.Value.DType.Bytes);

    static unsafe void WriteElements(Stream stream, Tensor tensor)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("safetensors");
        Tensor source = tensor.Contiguous();
        long bytes = source.Elements * source.DType.Bytes;
        for (long done = 0; done < bytes; done += PieceBytes)
            stream.Write(new ReadOnlySpan<byte>((byte*)source.Data + done, (int)Math.Min(PieceBytes, bytes - done)));
        GC.KeepAlive(source);
    }

    static byte[] Header(KeyValuePair<string, Tensor>[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        Dictionary<string, long> begins = Layout(entries);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null) WriteMetadata(json, metadata);
            foreach ((string name, Tensor tensor) in entries) WriteEntry(json, name, tensor, begins[name]);
            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        if (buffer.Length > SafetensorsHeader.LongestBytes) throw new ArgumentException($"safetensors: the header must be at most {SafetensorsHeader.LongestBytes} bytes, but names and metadata make it {buffer.Length}.");
        return buffer.ToArray();
    }

    static Dictionary<string, long> Layout(KeyValuePair<string, Tensor>[] entries)
    {
        var begins = new Dictionary<string, long>();
        long position = 0;
        foreach ((string name, Tensor tensor) in InDataOrder(entries))
        {
            CheckText(name, "names");
            if (name == MetadataKey) throw new ArgumentException($"safetensors: a tensor must not have the reserved name '{MetadataKey}'.");
            if (tensor.Rank > SafetensorsHeader.MostAxes) throw new ArgumentException($"safetensors: tensors have at most {SafetensorsHeader.MostAxes} axes, but {name.Quoted()} has {tensor.Rank}.");
            if (!begins.TryAdd(name, position)) throw new ArgumentException($"safetensors: names must be unique, but {name.Quoted()} occurs twice.");
            position += tensor.Elements * tensor.DType.Bytes;
        }

        return begins;
    }

    static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(MetadataKey);
        foreach ((string key, string value) in metadata)
        {
            CheckText(key, "metadata");
            CheckText(value, "metadata");
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long begin)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsHeader.Text(tensor.DType));
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + (tensor.Elements * tensor.DType.Bytes));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A lone surrogate would be written as U+FFFD, and two names could become one.
    static void CheckText(string text, string what)
    {
        try
        {
            Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"safetensors: {what} must be valid Unicode text, but {text.Quoted()} is not.", e);
        }
    }
}
