using System.Buffers.Binary;
using Tensorboard;

namespace Adjoint.Tests.Formats.TensorBoard;

/// <summary>Reads event files with nothing of the library: a checksum bit by bit, and the official classes for what is in a record.</summary>
static class EventRecords
{
    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0x82F63B78 ^ (c >> 1) : c >> 1))];

    public static List<Event> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return [.. Read(bytes).Select(r => r.Event)];
    }

    /// <summary>The events, each with where its record ends.</summary>
    /// <exception cref="InvalidDataException">A record is not whole, or a checksum is wrong.</exception>
    public static List<(Event Event, int End)> Read(byte[] bytes)
    {
        var events = new List<(Event, int)>();
        for (int at = 0; at < bytes.Length;)
        {
            if (bytes.Length - at < 16) throw new InvalidDataException("half a record");
            if (Checksum(bytes.AsSpan(at, 8)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8))) throw new InvalidDataException("length");
            long length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            if (bytes.Length - at < 16 + length) throw new InvalidDataException("half a record");
            byte[] data = bytes[(at + 12)..(at + 12 + (int)length)];
            at += 16 + (int)length;
            if (Checksum(data) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at - 4))) throw new InvalidDataException("data");
            events.Add((Event.Parser.ParseFrom(data), at));
        }

        return events;
    }

    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes) crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc ^ 0xFFFFFFFF;
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }
}
