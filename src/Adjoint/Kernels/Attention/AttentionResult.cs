using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels.Attention;

/// <summary>What attention writes, contiguous: numbers T where they are made, or a half type to which they are rounded when they are complete.</summary>
internal readonly unsafe struct AttentionResult<T>(void* data, DType stored)
{
    bool IsNative => stored.Bytes == sizeof(T);

    /// <summary>How many numbers <see cref="Place"/> needs room for.</summary>
    public long Room(long count) => IsNative ? 0 : count;

    /// <summary>Where the numbers from an element on are made.</summary>
    public T* Place(long at, T* room) => IsNative ? (T*)data + at : room;

    /// <summary>They are complete.</summary>
    public void Finish(long at, T* place, long count)
    {
        if (!IsNative) Elements.Put(place, stored, (byte*)data + (at * stored.Bytes), 1, (nint)count);
    }
}
