namespace Adjoint.Kernels.Gemm;

/// <summary>One thread's packing memory: outside the garbage-collected heap, reused by every product that the thread starts.</summary>
/// <remarks>It grows to the largest product's need, which the blocking bounds (about 8 MB), and is freed when its thread has ended.</remarks>
internal sealed unsafe class Workspace
{
    [ThreadStatic]
    static Workspace? Mine;

    void* _data;
    nuint _bytes;

    ~Workspace() => AlignedMemory.Free(_data);

    /// <summary>At least <paramref name="bytes"/> bytes, page-aligned, valid until this thread's next call; contents are arbitrary.</summary>
    public static void* Take(nuint bytes)
    {
        Workspace mine = Mine ??= new();
        if (bytes > mine._bytes) mine.Grow(bytes);
        return mine._data;
    }

    void Grow(nuint bytes)
    {
        AlignedMemory.Free(_data);
        _data = null;
        _bytes = 0;
        nuint size = bytes + bytes / 2;
        _data = AlignedMemory.Take((long)size);
        _bytes = size;
    }
}
