using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// An array of numbers with a shape, on which operations record how to differentiate themselves.
/// </summary>
/// <remarks>
/// A tensor is a view: a block of memory, an offset, and a stride per axis. Reshaping, slicing and transposing make new views
/// of the same memory. Operations live in files of their own (<c>Ops/</c>) and add themselves as methods and operators;
/// this type knows only what a tensor is.
/// </remarks>
public sealed partial class Tensor
{
    Storage? _storage;

    internal Tensor(Storage storage, long offset, Shape shape, long[] strides, DType dtype, bool owned = true)
    {
        (_storage, Offset, Shape, Strides, DType) = (storage, offset, shape, strides, dtype);
        if (owned) Scope.Current?.Own(this);
    }

    /// <summary>The sizes of the axes.</summary>
    [PyTorch("torch.Tensor.shape", "torch.Tensor.size", Differs = "An immutable list: `x.Shape[^1]`.")]
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    [PyTorch("torch.Tensor.dtype")]
    public DType DType { get; private set; }

    /// <summary>The number of axes.</summary>
    [PyTorch("torch.Tensor.dim", "torch.Tensor.ndim")]
    public int Rank => Shape.Rank;

    /// <summary>The number of elements.</summary>
    [PyTorch("torch.numel", "torch.Tensor.numel")]
    public long Elements => Shape.Elements;

    /// <summary>A name for messages and checkpoints; parameters of a module get their path.</summary>
    [NotInPyTorch("What messages call the tensor; the names of parameters come from their fields.")]
    public string? Name { get; set; }

    /// <summary>The distance in elements between neighbours along each axis.</summary>
    [PyTorch("torch.Tensor.stride", Differs = "In elements.")]
    public IReadOnlyList<long> ElementStrides => Strides;

    /// <summary>Whether the elements lie in memory in order, without gaps.</summary>
    [PyTorch("torch.Tensor.is_contiguous")]
    public bool IsContiguous
    {
        get
        {
            if (ReferenceEquals(Strides, Shape.Strides)) return true;
            for (int i = 0; i < Rank; i++) if (Shape[i] != 1 && Strides[i] != Shape.Strides[i]) return Elements == 0;
            return true;
        }
    }

    /// <summary>Whether the memory was returned because the owning <see cref="Scope"/> ended.</summary>
    [NotInPyTorch("Whether the scope of the tensor has ended; using it is then an error.")]
    public bool IsReleased => _storage is null && _items is null;

    /// <summary>A number that has no say in the type of a result: a C# number beside a tensor of a half type.</summary>
    internal bool IsConstant { get; set; }

    internal Scope? Owner { get; set; }
    internal Tensor? NextOwned { get; set; }
    internal long[] Strides { get; private set; }
    internal long Offset { get; private set; }
    internal Spec Spec => new(Shape, DType);

    /// <exception cref="ReleasedTensorException">The owning scope has ended.</exception>
    internal Storage Storage => _storage ?? ThrowReleased();

    /// <summary>The first element. The caller keeps the tensor reachable while it uses the pointer.</summary>
    internal unsafe void* Data
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            byte* block = Storage.Pointer;
            if (block is null) ThrowShapeOnly();
            return block + (Offset * DType.Bytes);
        }
    }

    /// <summary>A new contiguous tensor with arbitrary contents.</summary>
    internal static Tensor Allocate(Shape shape, DType dtype, bool owned = true) =>
        ShapeOnly.IsOn ? WithoutData(shape, dtype, owned) : new(TensorMemory.Rent(ByteCount(shape, dtype)), 0, shape, shape.Strides, dtype, owned);

    /// <summary>Another view of the same memory; not connected to the graph.</summary>
    internal Tensor ViewAs(Shape shape, long[] strides, long offset, bool owned = true) =>
        new(Storage.Retain(), offset, shape, strides, DType, owned);

    /// <summary>A second handle to the same values, not connected to the graph.</summary>
    internal Tensor Alias(bool owned = true) => Level is { } level ? OnLevel(level, Items.Persist(), IsMapped, owned) : ViewAs(Shape, Strides, Offset, owned);

    /// <summary>Gives up this handle's hold on the memory; the engine and scopes call it, users never need to.</summary>
    internal void Release()
    {
        Storage? storage = _storage;
        _storage = null;
        storage?.Release();
        ReleaseItems();
    }

    /// <summary>Marks the contents as overwritten.</summary>
    internal void Written() => Storage.Written();

    static long ByteCount(Shape shape, DType dtype)
    {
        if (shape.Elements > long.MaxValue / 16 / dtype.Bytes)
            throw new InsufficientMemoryException($"tensor memory: a tensor of shape {shape} and type {dtype} is larger than any memory.");
        return shape.Elements * dtype.Bytes;
    }

    // What no scope owns is released by the engine only: a gradient whose place another one took.
    Storage ThrowReleased() => throw (_items is not null ? Unreadable() : new ReleasedTensorException(Owner is null
        ? $"tensor: a gradient lives until it is cleared or the next backward pass adds to it, but the one of shape {Shape} is used after that. Hint: ask for Grad again, or keep a Copy."
        : $"tensor: a tensor lives as long as its scope, but {(Name is null ? "a tensor" : $"'{Name}'")} of shape {Shape} was released when scope '{Owner.Name}' ended. Hint: pass it through Scope.Keep before the scope ends."));
}
