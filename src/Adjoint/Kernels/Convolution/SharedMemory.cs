namespace Adjoint.Kernels.Convolution;

/// <summary>What all chunks of one loop read or write together (packed filters, partial sums): the calling thread's, reused by its next loop.</summary>
/// <remarks>Apart from the workspace that each chunk takes for itself, because the calling thread runs chunks too.</remarks>
internal sealed unsafe class SharedMemory
{
    [ThreadStatic]
    static SharedMemory? Mine;

    void* _data;
    nuint _bytes;

    ~SharedMemory() => AlignedMemory.Free(_data);

    /// <summary>Room for a number of elements, valid until this thread's next call; contents are arbitrary.</summary>
    public static T* Take<T>(long elements)
    {
        SharedMemory mine = Mine ??= new();
        nuint bytes = checked((nuint)elements * (nuint)sizeof(T));
        if (bytes > mine._bytes) mine.Grow(bytes);
        return (T*)mine._data;
    }

    void Grow(nuint bytes)
    {
        AlignedMemory.Free(_data);
        _data = null;
        _bytes = 0;
        _data = AlignedMemory.Take((long)bytes);
        _bytes = bytes;
    }
}
