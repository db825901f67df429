using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Gemm;

/// <summary>One thread's packing memory: outside the garbage-collected heap, reused by every product that the thread starts.</summary>
/// <remarks>It grows to the largest product's need, which the blocking bounds (about 8 MB), and is freed when its thread has ended.</remarks>
internal sealed unsafe class Workspace
{
    const nuint Page = 4096;

    [ThreadStatic]
    static Workspace? Mine;

    void* _data;
    nuint _bytes;

    ~Workspace() => NativeMemory.AlignedFree(_data);

    /// <summary>At least <paramref name="bytes"/> bytes, page-aligned, valid until this thread's next call; contents are arbitrary.</summary>
    public static void* Take(nuint bytes)
    {
        Workspace mine = Mine ??= new();
        if (bytes > mine._bytes) mine.Grow(bytes);
        return mine._data;
    }

    void Grow(nuint bytes)
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        _bytes = 0;
        nuint rounded = (bytes + bytes / 2 + Page - 1) & ~(Page - 1);
        _data = NativeMemory.AlignedAlloc(rounded, Page);
        _bytes = rounded;
    }
}
