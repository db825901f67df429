using System.Buffers.Binary;

namespace Adjoint.Formats;

/// <summary>Reads and writes the IDX format of MNIST: two zero bytes, a type code, the number of axes, big-endian sizes, big-endian elements.</summary>
/// <remarks>
/// Gzipped files are recognised by their first bytes. Type codes: 8 unsigned byte → U8; 9 signed byte and 11 short → I32;
/// 12 int → I32; 13 float → F32; 14 double → F64. Source: the description on the MNIST page of LeCun, Cortes and Burges.
/// </remarks>
public static class Idx
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">The file breaks a rule of the format; the sentence names file, rule and value.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Tensor Read(string path)
    {
        using Stream stream = Compressed.Open(path);
        return ReadPlain(stream, path);
    }

    /// <summary>Reads a stream from where it stands to its end; it stays open.</summary>
    /// <exception cref="FormatException">The stream breaks a rule of the format.</exception>
    public static Tensor Read(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadPlain(Compressed.Unwrap(stream, leaveOpen: true), name);
    }

    /// <summary>Writes a contiguous U8, I32, F32 or F64 tensor: under a temporary name, flushed, then renamed.</summary>
    /// <exception cref="DTypeException">The format has no such element type.</exception>
    /// <exception cref="ShapeException">The tensor is strided, or a size exceeds 2³²−1, or there are more than 255 axes.</exception>
    public static void Write(string path, Tensor tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensor);
        if (IdxType.Of(tensor.DType) is not { } type) throw new DTypeException($"idx: elements must be U8, I32, F32 or F64, but they are {tensor.DType}.");
        if (!tensor.IsContiguous) throw new ShapeException($"idx: the elements must lie in order without gaps, but the tensor of shape {tensor.Shape} is strided. Hint: call Contiguous first.");
        if (tensor.Rank > 255 || tensor.Shape.Any(s => s > uint.MaxValue)) throw new ShapeException($"idx: there are at most 255 axes of at most 2^32-1, but the shape is {tensor.Shape}.");
        AtomicFile.Write(path, stream => IdxType.Write(stream, type, tensor));
    }

    internal static Tensor ReadPlain(Stream stream, string name) => Compressed.Read("idx", name, () => ReadWhole(stream, name.Quoted()));

    static Tensor ReadWhole(Stream stream, string name)
    {
        (IdxType type, Shape shape) = ReadHeader(stream, name);
        long bytes = shape.Elements > long.MaxValue / type.Bytes ? long.MaxValue : shape.Elements * type.Bytes;
        if (stream.CanSeek && stream.Length - stream.Position < bytes)
            throw Fail($"the elements must fill the shape, but {name} promises {shape} of {type.Bytes} bytes each and holds {stream.Length - stream.Position} bytes");
        Chunks elements = Chunks.Read(stream, bytes);
        if (elements.Length < bytes) throw Fail($"the elements must fill the shape, but {name} promises {shape} of {type.Bytes} bytes each and holds {elements.Length} bytes");
        if (stream.ReadByte() >= 0) throw Fail($"a file must end with its last element, but {name} goes on after {shape}");
        return type.ToTensor(elements, shape);
    }

    static (IdxType Type, Shape Shape) ReadHeader(Stream stream, string name)
    {
        Span<byte> magic = stackalloc byte[4];
        int read = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        if (read < 4) throw Fail($"a file begins with 4 bytes of magic number, but {name} has {read} bytes");
        if (magic[0] != 0 || magic[1] != 0) throw Fail($"a file begins with two zero bytes, but {name} begins with {magic[0]} and {magic[1]}");
        if (IdxType.Of(magic[2]) is not { } type) throw Fail($"the type code must be 8, 9, 11, 12, 13 or 14, but that of {name} is {magic[2]}");
        if (magic[3] > SafetensorsHeader.MostAxes) throw Fail($"a tensor has at most {SafetensorsHeader.MostAxes} axes, but {name} promises {magic[3]}");
        byte[] sizes = new byte[4 * magic[3]];
        if (stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false) < sizes.Length) throw Fail($"the header must hold the sizes of {magic[3]} axes, but {name} ends before");
        try
        {
            return (type, Shape.Create([.. Enumerable.Range(0, magic[3]).Select(i => (long)BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(4 * i)))]));
        }
        catch (ShapeException e)
        {
            throw new FormatException($"idx: a tensor holds at most 2^63-1 elements, but {name} promises more.", e);
        }
    }

    static FormatException Fail(string what) => new($"idx: {what}.");
}
