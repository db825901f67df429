using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Copy;

/// <summary>Zeros in a block of memory.</summary>
internal readonly unsafe struct Clear : IChunks
{
    const long ChunkBytes = 256 * 1024;

    readonly byte* _data;
    readonly long _bytes;

    Clear(byte* data, long bytes)
    {
        _data = data;
        _bytes = bytes;
    }

    /// <summary>Every type's zero is all bits zero.</summary>
    public static void Run(void* data, long bytes) =>
        Parallel.For((bytes + ChunkBytes - 1) / ChunkBytes, new Clear((byte*)data, bytes));

    void IChunks.Run(long chunk)
    {
        long start = chunk * ChunkBytes;
        NativeMemory.Clear(_data + start, (nuint)Math.Min(ChunkBytes, _bytes - start));
    }
}
