using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Adjoint.Formats;

/// <summary>One message in the wire format of protocol buffers: fields one after another, each with its number and how its value is written.</summary>
/// <remarks>Source: the published encoding of protocol buffers. Only what event files need; a field that is not written has its default.</remarks>
internal sealed class ProtobufWriter
{
    const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public ProtobufWriter Integer(int field, long value) => Key(field, Varint).Raw((ulong)value);

    public ProtobufWriter Number(int field, double value)
    {
        Key(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
        return this;
    }

    public ProtobufWriter Number(int field, float value)
    {
        Key(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);
        return this;
    }

    /// <summary>A repeated field of doubles, packed.</summary>
    public ProtobufWriter Numbers(int field, ReadOnlySpan<double> values)
    {
        Key(field, Delimited).Raw((ulong)values.Length * 8);
        foreach (double value in values) BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
        return this;
    }

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Key(field, Delimited).Raw((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    ProtobufWriter Key(int field, int kind) => Raw((ulong)((field << 3) | kind));

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    ProtobufWriter Raw(ulong value)
    {
        for (; value > 0x7F; value >>= 7) Room(1)[0] = (byte)(value | 0x80);
        Room(1)[0] = (byte)value;
        return this;
    }

    Span<byte> Room(int bytes)
    {
        Span<byte> room = _bytes.GetSpan(bytes)[..bytes];
        _bytes.Advance(bytes);
        return room;
    }
}
