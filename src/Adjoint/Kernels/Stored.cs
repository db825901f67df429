using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels;

/// <summary>Numbers one after the other that a kernel knows as T, stored so, or in a half type that is widened and rounded a part at a time, in the cache.</summary>
/// <param name="data">Where they are.</param>
/// <param name="type">The type of what is there.</param>
internal readonly unsafe struct Stored<T>(void* data, DType type)
{
    readonly byte* _data = (byte*)data;
    readonly int _bytes = type.Bytes;

    /// <summary>Whether they are read and written where they are.</summary>
    public bool IsNative => _bytes == sizeof(T);

    /// <summary>Whether they are BF16 and T is F32, which lanes can widen and round by themselves.</summary>
    public bool IsBFloat16 => typeof(T) == typeof(float) && type == DType.BF16;

    /// <summary>Where BF16 numbers from an element on are.</summary>
    public BFloat16* Halves(long at) => (BFloat16*)_data + at;

    /// <summary>How many numbers <see cref="Read"/> and <see cref="Place"/> need room for.</summary>
    public long Room(long count) => IsNative ? 0 : count;

    /// <summary>The numbers from an element on: where they are, or widened into the room.</summary>
    public T* Read(long at, long count, T* room)
    {
        if (IsNative) return (T*)_data + at;
        Elements.Fetch(type, _data + (at * _bytes), 1, room, (nint)count);
        return room;
    }

    /// <summary>Where the numbers from an element on are made.</summary>
    public T* Place(long at, T* room) => IsNative ? (T*)_data + at : room;

    /// <summary>They are complete.</summary>
    public void Finish(long at, T* place, long count)
    {
        if (!IsNative) Elements.Put(place, type, _data + (at * _bytes), 1, (nint)count);
    }
}
