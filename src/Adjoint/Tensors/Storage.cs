using System.Diagnostics;

namespace Adjoint;

/// <summary>A block of unmanaged memory shared by the tensors that view it, by what the graph saved, and by nobody else.</summary>
/// <remarks>
/// Counted references return it to the pool the moment the last holder lets go. Holders that are simply forgotten (a tensor
/// created outside every scope) are caught by the finalizer, which runs only when nothing can reach the block any more.
/// </remarks>
internal sealed unsafe class Storage
{
    int _references;

    internal Storage(byte* pointer, long bytes, int sizeClass)
    {
        Pointer = pointer;
        Bytes = bytes;
        SizeClass = sizeClass;
    }

    /// <summary>A block that would have that many bytes, for tensors that have a shape only: it stands for memory, and takes none.</summary>
    public static Storage WithoutData(long bytes)
    {
        var storage = new Storage(null, bytes, sizeClass: -1);
        GC.SuppressFinalize(storage);
        storage.FirstHolder();
        return storage;
    }

    /// <summary>64-byte aligned; null without data.</summary>
    public byte* Pointer { get; }

    /// <summary>Whether there is memory behind it.</summary>
    public bool HasData => Pointer is not null;

    /// <summary>The size of the block, at least what was asked for.</summary>
    public long Bytes { get; }

    public int SizeClass { get; }

    /// <summary>Counts in-place writes, so that a value saved for the backward pass can tell that it was overwritten.</summary>
    public int Version { get; private set; }

    /// <summary>Whether exactly one holder exists.</summary>
    public bool IsUnique => Volatile.Read(ref _references) == 1;

    public void Written() => Version++;

    internal void FirstHolder() => Volatile.Write(ref _references, 1);

    public Storage Retain()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        Debug.Assert(left >= 0, "a storage was released more often than it was retained");
        if (left == 0 && HasData) TensorMemory.Return(this);
    }

    // Unreachable, whatever the count says: its holders were garbage too.
    ~Storage()
    {
        GC.ReRegisterForFinalize(this);
        TensorMemory.Return(this);
    }
}
