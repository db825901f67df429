namespace Adjoint.Kernels;

/// <summary>Working memory of one kernel call, 64-byte aligned, returned when disposed.</summary>
/// <remarks>
/// Each thread keeps the last few blocks it used, so that kernels that run in every step take memory once. Blocks are
/// returned in the reverse order of their taking; a large one is freed at once rather than held for a call that may never come.
/// </remarks>
internal readonly unsafe ref struct Scratch
{
    const long LargestKept = 64L << 20;

    readonly Cache _cache;
    readonly int _slot;

    Scratch(Cache cache, int slot, void* pointer)
    {
        (_cache, _slot) = (cache, slot);
        Pointer = pointer;
    }

    public void* Pointer { get; }

    /// <summary>At least <paramref name="bytes"/> bytes with arbitrary contents.</summary>
    public static Scratch Take(long bytes)
    {
        Cache cache = Cache.Mine;
        int slot = cache.Next++;
        if (slot == cache.Blocks.Length) Array.Resize(ref cache.Blocks, 2 * slot);
        ref Block block = ref cache.Blocks[slot];
        if (block.Bytes < bytes)
        {
            AlignedMemory.Free(block.Pointer);
            block = default;
            block = new() { Pointer = AlignedMemory.Take(Math.Max(bytes, 4096)), Bytes = Math.Max(bytes, 4096) };
        }

        return new(cache, slot, block.Pointer);
    }

    public void Dispose()
    {
        if (_cache is null) return;
        _cache.Next--;
        ref Block block = ref _cache.Blocks[_slot];
        if (block.Bytes <= LargestKept) return;
        AlignedMemory.Free(block.Pointer);
        block = default;
    }

    struct Block
    {
        public void* Pointer;
        public long Bytes;
    }

    sealed class Cache
    {
        [ThreadStatic]
        static Cache? OfThread;

        public Block[] Blocks = new Block[4];
        public int Next;

        public static Cache Mine => OfThread ??= new();

        // A thread that ends leaves its blocks to the collector's care.
        ~Cache()
        {
            foreach (Block block in Blocks) AlignedMemory.Free(block.Pointer);
        }
    }
}
