using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Memory outside the garbage-collected heap: the one way to take it, for tensors and for kernels.</summary>
/// <remarks>
/// Where Linux gives huge pages to those who ask (<c>transparent_hugepage</c> is <c>madvise</c>, as most distributions have it), large blocks ask: a block of
/// 2 MiB is then one page fault and one entry in the processor's table of addresses instead of 512. Other systems decide by themselves.
/// </remarks>
internal static unsafe class AlignedMemory
{
    /// <summary>A cache line, and a vector of AVX-512.</summary>
    const nuint Line = 64;

    const nuint Page = 4096, HugePage = 2 << 20;

    const int MadviseHugePage = 14;

    static readonly delegate* unmanaged<void*, nuint, int, int> Advise = FindAdvise();

    /// <summary>Bytes with arbitrary contents, on a cache line of their own; from a page on, on a page.</summary>
    /// <exception cref="OutOfMemoryException">There are none.</exception>
    public static void* Take(long bytes)
    {
        var size = (nuint)bytes;
        if (size < HugePage || Advise == null) return NativeMemory.AlignedAlloc(size, size < Page ? Line : Page);
        void* block = NativeMemory.AlignedAlloc(size, HugePage);
        _ = Advise(block, size & ~(HugePage - 1), MadviseHugePage);     // a wish: where it is refused, pages are small
        return block;
    }

    public static void Free(void* block) => NativeMemory.AlignedFree(block);

    static delegate* unmanaged<void*, nuint, int, int> FindAdvise() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", typeof(AlignedMemory).Assembly, null, out nint libc) && NativeLibrary.TryGetExport(libc, "madvise", out nint advise)
            ? (delegate* unmanaged<void*, nuint, int, int>)advise
            : null;
}
