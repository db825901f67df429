using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Adjoint.Formats;

/// <summary>A file of records: length, checksum of the length, bytes, checksum of the bytes (TFRecord). It grows by whole records.</summary>
/// <remarks>
/// Each record goes to the operating system in one write, and nothing is held back: what a killed process had written is there. If a
/// write fails half way, as on a full disk, the half is cut off again, so that later records stay readable.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    const string Prefix = "events.out.tfevents.";

    readonly SafeFileHandle _file;
    long _length;

    EventFile(string path, SafeFileHandle file) => (Path, _file) = (path, file);

    public string Path { get; }

    /// <summary>Makes a file that TensorBoard reads after all others in the folder.</summary>
    /// <exception cref="IOException">The folder or the file cannot be made.</exception>
    public static EventFile Create(string folder, DateTimeOffset now)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // The order of the names is the order of reading: a clock that was set back, or two files in one second, must not change it.
            long seconds = Math.Max(now.ToUnixTimeSeconds(), Directory.EnumerateFiles(folder, Prefix + "*").Max(SecondsOf) + 1 ?? 0);
            string path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seconds:D10}.{Environment.MachineName}.{Environment.ProcessId}"));
            for (int copy = 0; ; copy++)
            {
                string free = copy == 0 ? path : $"{path}.{copy}";
                try
                {
                    return new(free, File.OpenHandle(free, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
                }
                catch (IOException) when (File.Exists(free))
                {
                    // Another writer of this process was faster.
                }
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw new IOException($"tensorboard: an event file must be made in the folder, but in {folder.Quoted()} it could not be. {DiskFault.Reason(e)}", e);
        }
    }

    /// <exception cref="IOException">The disk refuses; the file ends with the record before.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        byte[] record = new byte[8 + 4 + bytes.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksum(record.AsSpan(0, 8)));
        bytes.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + bytes.Length), Checksum(bytes));
        try
        {
            RandomAccess.Write(_file, record, _length);
            _length += record.Length;
        }
        catch (IOException e)
        {
            RandomAccess.SetLength(_file, _length);
            throw new IOException($"tensorboard: a record must be written whole, but in {Path.Quoted()} it could not be. {DiskFault.Reason(e)} Those from before are as they were.", e);
        }
    }

    public void FlushToDisk() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();

    /// <summary>CRC-32C, turned and shifted so that the checksum of bytes that hold their own checksum is not degenerate.</summary>
    /// <remarks>Castagnoli's polynomial, eight bytes an instruction where the processor has it. Source: the TFRecord format.</remarks>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    static long? SecondsOf(string path)
    {
        ReadOnlySpan<char> rest = System.IO.Path.GetFileName(path.AsSpan())[Prefix.Length..];
        int end = rest.IndexOf('.');
        return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < 9_999_999_999 ? seconds : null;
    }
}
