using System.Buffers.Binary;

namespace Adjoint.Formats;

/// <summary>An element type of the IDX format: its code, its size in the file, and what it becomes.</summary>
internal readonly record struct IdxType(byte Code, int Bytes, DType DType)
{
    static readonly IdxType[] All = [new(8, 1, DType.U8), new(12, 4, DType.I32), new(13, 4, DType.F32), new(14, 8, DType.F64), new(9, 1, DType.I32), new(11, 2, DType.I32)];

    public static IdxType? Of(byte code) => Array.Find(All, t => t.Code == code) is { Code: > 0 } type ? type : null;

    /// <summary>The type that stores this one without change.</summary>
    public static IdxType? Of(DType dtype) => Array.Find(All, t => t.DType == dtype) is { Code: > 0 } type ? type : null;

    public unsafe Tensor ToTensor(Chunks chunks, Shape shape)
    {
        Tensor tensor = Tensor.Allocate(shape, DType);
        byte* data = (byte*)tensor.Data;
        if (Bytes == DType.Bytes)
        {
            const int Piece = 1 << 30;
            for (long done = 0; done < chunks.Length; done += Piece) chunks.CopyTo(done, new(data + done, (int)Math.Min(Piece, chunks.Length - done)));
        }
        else
        {
            for (long i = 0; i < shape.Elements; i++)
                ((int*)data)[i] = Bytes == 1 ? (sbyte)chunks[i] : (short)((chunks[2 * i] << 8) | chunks[(2 * i) + 1]);
        }

        if (Bytes == DType.Bytes) Swap(data, shape.Elements);
        GC.KeepAlive(tensor);
        return tensor;
    }

    public static unsafe void Write(Stream stream, IdxType type, Tensor tensor)
    {
        stream.Write([0, 0, type.Code, (byte)tensor.Rank]);
        Span<byte> element = stackalloc byte[8];
        foreach (long size in tensor.Shape)
        {
            BinaryPrimitives.WriteUInt32BigEndian(element, (uint)size);
            stream.Write(element[..4]);
        }

        byte* data = (byte*)tensor.Data;
        for (long i = 0; i < tensor.Elements; i++, data += type.Bytes)
        {
            new ReadOnlySpan<byte>(data, type.Bytes).CopyTo(element);
            element[..type.Bytes].Reverse();
            stream.Write(element[..type.Bytes]);
        }

        GC.KeepAlive(tensor);
    }

    // Big-endian in the file, little-endian in memory.
    unsafe void Swap(byte* data, long elements)
    {
        for (long i = 0; i < elements && Bytes == 4; i++) ((uint*)data)[i] = BinaryPrimitives.ReverseEndianness(((uint*)data)[i]);
        for (long i = 0; i < elements && Bytes == 8; i++) ((ulong*)data)[i] = BinaryPrimitives.ReverseEndianness(((ulong*)data)[i]);
    }
}
