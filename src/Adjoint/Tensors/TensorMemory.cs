using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint;

/// <summary>The pool that all tensor data comes from, and what it holds.</summary>
/// <remarks>
/// Blocks are 64-byte aligned, outside the garbage-collected heap, in size classes at most an eighth apart. A returned block
/// waits for the next request of its class, so that a training loop allocates in its first step and never again.
/// </remarks>
public static unsafe class TensorMemory
{
    const int Alignment = 64;
    const long SpareBytes = 256L << 20;

    static readonly Lock Gate = new();
    static readonly List<Stack<Storage>> Free = [];
    static readonly List<PeakWatch> Watches = [];
    static long Live, Cached, Peak;

    /// <summary>Bytes in blocks that some tensor or saved value holds.</summary>
    [PyTorch("torch.cuda.memory_allocated", Differs = "Bytes of live tensors, on the CPU.")]
    public static long LiveBytes => Volatile.Read(ref Live);

    /// <summary>Bytes in blocks that wait for reuse.</summary>
    [PyTorch("torch.cuda.memory_reserved", Differs = "The part that is in reserve.")]
    public static long CachedBytes => Volatile.Read(ref Cached);

    /// <summary>The most that <see cref="LiveBytes"/> has been since the start or the last <see cref="ResetPeak"/>.</summary>
    [PyTorch("torch.cuda.max_memory_allocated")]
    public static long PeakBytes => Volatile.Read(ref Peak);

    /// <summary>Starts a new measurement of <see cref="PeakBytes"/>.</summary>
    [PyTorch("torch.cuda.reset_peak_memory_stats")]
    public static void ResetPeak()
    {
        lock (Gate) Peak = Live;
    }

    /// <summary>Gives every waiting block back to the operating system.</summary>
    [PyTorch("torch.cuda.empty_cache")]
    public static void Trim()
    {
        lock (Gate) TrimLocked();
    }

    /// <summary>Watches a peak of its own, whoever else resets theirs.</summary>
    internal static PeakWatch Watch()
    {
        lock (Gate)
        {
            var watch = new PeakWatch(Live);
            Watches.Add(watch);
            return watch;
        }
    }

    internal static void Forget(PeakWatch watch)
    {
        lock (Gate) Watches.Remove(watch);
    }

    /// <summary>A block of at least <paramref name="bytes"/> bytes with one holder; its contents are arbitrary.</summary>
    internal static Storage Rent(long bytes)
    {
        int sizeClass = ClassOf(bytes, out long size);
        Storage? storage = null;
        lock (Gate)
        {
            if (sizeClass < Free.Count) Free[sizeClass].TryPop(out storage);
            if (storage is not null) Cached -= size;
            else if (Cached > SpareBytes + Live) TrimLocked();
            Live += size;
            Peak = Math.Max(Peak, Live);
            foreach (PeakWatch watch in Watches) watch.See(Live);
        }

        storage ??= Allocate(size, sizeClass);
        storage.FirstHolder();
        return storage;
    }

    internal static void Return(Storage storage)
    {
        lock (Gate)
        {
            while (Free.Count <= storage.SizeClass) Free.Add(new());
            Free[storage.SizeClass].Push(storage);
            Live -= storage.Bytes;
            Cached += storage.Bytes;
        }
    }

    static Storage Allocate(long size, int sizeClass)
    {
        try
        {
            void* pointer = Take(size);
            GC.AddMemoryPressure(size);
            return new((byte*)pointer, size, sizeClass);
        }
        catch (OutOfMemoryException)
        {
            lock (Gate) Live -= size;
            throw new InsufficientMemoryException($"tensor memory: {size:N0} more bytes are not to be had; {LiveBytes:N0} bytes are in use by tensors.");
        }
    }

    static void* Take(long size)
    {
        try
        {
            return AlignedMemory.Take(size);
        }
        catch (OutOfMemoryException)
        {
            Trim();
            return AlignedMemory.Take(size);
        }
    }

    static void TrimLocked()
    {
        foreach (Stack<Storage> stack in Free)
        {
            while (stack.TryPop(out Storage? storage))
            {
                GC.SuppressFinalize(storage);
                AlignedMemory.Free(storage.Pointer);
                GC.RemoveMemoryPressure(storage.Bytes);
                Cached -= storage.Bytes;
            }
        }
    }

    /// <summary>Multiples of 64 up to 512 bytes, then eight steps to each doubling.</summary>
    internal static int ClassOf(long bytes, out long size)
    {
        const int Linear = 8;
        long units = Math.Max((bytes + Alignment - 1) / Alignment, 1);
        if (units <= Linear)
        {
            size = units * Alignment;
            return (int)units - 1;
        }

        int power = BitOperations.Log2((ulong)(units - 1));       // 2^power ≤ units − 1 < 2^(power+1), power ≥ 3
        long step = 1L << (power - 3);
        long steps = (units - (1L << power) + step - 1) / step;    // 1 … 8
        size = ((1L << power) + steps * step) * Alignment;
        return Linear + ((power - 3) * 8) + (int)steps - 1;
    }
}
