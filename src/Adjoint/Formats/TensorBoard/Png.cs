using System.Buffers.Binary;
using System.IO.Compression;

namespace Adjoint.Formats;

/// <summary>A grey or RGB picture of eight bits a channel, as a PNG file.</summary>
/// <remarks>Source: the PNG specification (ISO/IEC 15948): a signature, a header, the rows compressed, an end; each chunk with its CRC-32.</remarks>
internal sealed record Png(int Height, int Width, int Channels, byte[] Bytes)
{
    const int Longest = 1 << 15;
    static readonly uint[] Crcs = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1))];

    /// <summary>Takes pixels from 0 to 255 (U8), or from 0 to 1 in a floating-point type, outside of which the nearest is taken: [H, W], [1, H, W] or [3, H, W].</summary>
    /// <exception cref="ShapeException">The tensor has another shape, or a side is 0 or over 32768.</exception>
    /// <exception cref="DTypeException">The elements are of another type.</exception>
    /// <exception cref="ArgumentException">A pixel is not a number.</exception>
    public static Png Of(Tensor pixels)
    {
        Shape shape = pixels.Shape;
        bool fits = shape.Rank == 2 || (shape.Rank == 3 && shape[0] is 1 or 3);
        if (!fits) throw new ShapeException($"tensorboard: an image must be [H, W], [1, H, W] or [3, H, W], but it is {shape}.");
        (long height, long width, int channels) = (shape[-2], shape[-1], shape.Rank == 2 ? 1 : (int)shape[0]);
        if (height is < 1 or > Longest || width is < 1 or > Longest) throw new ShapeException($"tensorboard: the sides of an image must be from 1 to {Longest} pixels, but it is {shape}.");
        byte[] planes = Levels(pixels);
        return new((int)height, (int)width, channels, Encode(planes, (int)height, (int)width, channels));
    }

    static byte[] Levels(Tensor pixels)
    {
        if (pixels.DType == DType.U8) return pixels.ToArray<byte>();
        if (!pixels.DType.IsFloat) throw new DTypeException($"tensorboard: the pixels of an image must be U8 from 0 to 255 or floating-point from 0 to 1, but they are {pixels.DType}.");
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("image");
        float[] values = pixels.Detach().To(DType.F32).ToArray<float>();
        int bad = Array.FindIndex(values, float.IsNaN);
        if (bad >= 0) throw new ArgumentException($"tensorboard: the pixels of an image must be numbers, but element {bad} is NaN.");
        return Array.ConvertAll(values, v => (byte)((Math.Clamp(v, 0, 1) * 255) + 0.5f));
    }

    static byte[] Encode(byte[] planes, int height, int width, int channels)
    {
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(rows, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] row = new byte[1 + (width * channels)];      // begins with 0: the bytes as they are, no filter
            for (int y = 0; y < height; y++)
            {
                for (int i = 0; i < width * channels; i++) row[1 + i] = planes[((((i % channels) * height) + y) * width) + (i / channels)];
                zlib.Write(row);
            }
        }

        byte[] header = [.. new byte[8], 8, (byte)(channels == 1 ? 0 : 2), 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, rows.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    static void Chunk(MemoryStream file, ReadOnlySpan<byte> name, byte[] bytes)
    {
        byte[] chunk = [0, 0, 0, 0, .. name, .. bytes, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, bytes.Length);
        uint crc = ~0u;
        foreach (byte b in chunk.AsSpan(4, 4 + bytes.Length)) crc = Crcs[(byte)(crc ^ b)] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + bytes.Length), ~crc);
        file.Write(chunk);
    }
}
