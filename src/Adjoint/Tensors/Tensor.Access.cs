using System.Numerics.Tensors;
using Adjoint.Kernels;
using Adjoint.Kernels.Copy;

namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary>The value of a tensor with one element, as a double.</summary>
    /// <exception cref="ShapeException">There is more or less than one element.</exception>
    [PyTorch("torch.Tensor.item", Differs = "A `double`, whatever the type.")]
    public unsafe double Item()
    {
        if (Elements != 1) throw new ShapeException($"item: the tensor must have exactly one element, but its shape is {Shape}.");
        void* data = Data;
        double value = DType switch
        {
            DType.F64 => *(double*)data,
            DType.F32 => *(float*)data,
            DType.BF16 => *(BFloat16*)data,
            DType.F16 => (double)*(Half*)data,
            DType.I64 => *(long*)data,
            DType.I32 => *(int*)data,
            _ => *(byte*)data,
        };
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>The elements in row-major order, copied.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    [PyTorch("torch.Tensor.tolist", Differs = "A copy in row-major order. T must be the tensor's own element type.")]
    public T[] ToArray<T>() where T : unmanaged
    {
        T[] values = new T[Elements];
        CopyTo(values.AsSpan());
        return values;
    }

    /// <summary>Copies the elements in row-major order.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    /// <exception cref="ShapeException">The target has another length.</exception>
    [NotInPyTorch("The values into memory of the caller's.")]
    public unsafe void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        CheckElement<T>("copy to");
        if (target.Length != Elements) throw new ShapeException($"copy to: the target must have the tensor's number of elements, but it has {target.Length} and the tensor is {Shape}.");
        if (IsContiguous)
        {
            new ReadOnlySpan<T>(Data, target.Length).CopyTo(target);
            GC.KeepAlive(this);
            return;
        }

        using Scope scope = Scope.Begin("copy");
        Alias().Copy().CopyTo(target);
    }

    /// <summary>Overwrites the elements, in row-major order.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    /// <exception cref="ShapeException">The source has another length.</exception>
    /// <exception cref="GraphException">The tensor requires a gradient while operations are recorded.</exception>
    public void CopyFrom<T>(ReadOnlySpan<T> source) where T : unmanaged
    {
        CheckElement<T>("copy from");
        if (source.Length != Elements) throw new ShapeException($"copy from: the source must have the tensor's number of elements, but it has {source.Length} and the tensor is {Shape}.");
        using Scope scope = Scope.Begin("copy");
        CopyFrom(From(source, Shape));
    }

    /// <summary>Overwrites the elements with those of another tensor, broadcast and converted.</summary>
    /// <exception cref="ShapeException">The source does not broadcast to this shape.</exception>
    /// <exception cref="GraphException">This tensor or the source requires a gradient while operations are recorded.</exception>
    [PyTorch("torch.Tensor.copy_", Differs = "Written under `NoGrad` where a gradient is required.")]
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.RequiresGrad && GradMode.IsRecording) throw new GraphException($"copy from: an in-place write is not recorded, but the source of shape {source.Shape} requires a gradient. Hint: call Detach on the source, or write under NoGrad.Scope().");
        if (Shape.Broadcast(source.Shape, Shape) != Shape) throw new ShapeException($"copy from: the source must broadcast to the tensor, but the source is {source.Shape} and the tensor is {Shape}.");
        BeginWrite("copy from");
        if (IsShapeOnly) return;
        // What is read must not be what was just written.
        if (ReferenceEquals(source.Storage, Storage)) source = source.Detach().Copy();
        if (source.DType == DType) StridedCopy.Run(source.Operand.Stretched(Shape.Sizes), Operand);
        else Elementwise.Run(Formula.Identity, source.DType.Promote(DType).Compute, [source.Operand], [Operand]);
        GC.KeepAlive(source);
        GC.KeepAlive(this);
    }

    /// <summary>Sets every element.</summary>
    /// <exception cref="GraphException">The tensor requires a gradient while operations are recorded.</exception>
    [PyTorch("torch.Tensor.fill_", "torch.Tensor.zero_", Differs = "Written under `NoGrad` where a gradient is required.")]
    public unsafe void Fill(double value)
    {
        BeginWrite("fill");
        if (IsShapeOnly) return;
        var scalar = new Operand { Data = &value, DType = DType.F64, Shape = [], Strides = [] };
        Elementwise.Run(Formula.Identity, DType.IsFloat || DType == DType.Bool ? DType.F64 : DType.I64, [scalar], [Operand]);
        GC.KeepAlive(this);
    }

    /// <summary>The elements where they lie.</summary>
    /// <remarks>Valid while this tensor is reachable and its scope open: end the use with <c>GC.KeepAlive(tensor)</c> where nothing else refers to it.</remarks>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    /// <exception cref="ShapeException">The tensor is not contiguous, or too large for a span.</exception>
    [PyTorch("torch.Tensor.numpy", "torch.Tensor.data_ptr", Differs = "The tensor's own memory, read only, for as long as the tensor lives.")]
    public unsafe ReadOnlySpan<T> AsSpan<T>() where T : unmanaged
    {
        CheckElement<T>("span");
        if (!IsContiguous) throw new ShapeException($"span: the elements must lie in order without gaps, but the tensor of shape {Shape} has strides [{string.Join(", ", Strides)}]. Hint: call Contiguous first.");
        if (Elements > int.MaxValue) throw new ShapeException($"span: a span holds at most {int.MaxValue} elements, but the tensor is {Shape}.");
        return new(Data, (int)Elements);
    }

    /// <summary>The elements where they lie, to be written: by an operation's <see cref="Op.Run"/> into its outputs, or to fill a tensor without a copy.</summary>
    /// <remarks>Counts as an in-place write at the time of this call; write before anything else reads the tensor. <inheritdoc cref="AsSpan{T}" path="/remarks"/></remarks>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    /// <exception cref="ShapeException">The tensor is not contiguous, or too large for a span.</exception>
    /// <exception cref="GraphException">The tensor requires a gradient while operations are recorded.</exception>
    [PyTorch("torch.Tensor.numpy", Differs = "The tensor's own memory, to write; counts as a write in place.")]
    public unsafe Span<T> AsWritableSpan<T>() where T : unmanaged
    {
        int length = AsSpan<T>().Length;
        BeginWrite("writable span");
        return new(Data, length);
    }

    /// <summary>The elements where they lie, with their shape and strides, for <c>System.Numerics.Tensors</c>.</summary>
    /// <inheritdoc cref="AsSpan{T}" path="/remarks"/>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element type.</exception>
    /// <exception cref="ShapeException">An axis runs backward.</exception>
    [NotInPyTorch("The tensor's memory as the base class library's tensor span.")]
    public unsafe ReadOnlyTensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        CheckElement<T>("tensor span");
        if (Strides.Any(s => s < 0)) throw new ShapeException($"tensor span: strides must not be negative, but they are [{string.Join(", ", Strides)}]. Hint: call Contiguous first.");
        nint[] lengths = [.. Shape.Select(s => checked((nint)s))];
        nint[] strides = [.. Strides.Select((s, i) => Shape[i] == 1 ? 0 : checked((nint)s))];
        nint extent = Elements == 0 ? 0 : 1;
        for (int i = 0; i < Rank && Elements > 0; i++) extent += (lengths[i] - 1) * strides[i];
        return new((T*)Data, extent, lengths, strides);
    }

    internal unsafe Operand Operand => new() { Data = Data, DType = DType, Shape = Shape.Sizes, Strides = Strides };

    /// <summary>The gate of every in-place write: refuses where a gradient would become wrong, else moves the version on.</summary>
    internal void BeginWrite(string operation)
    {
        if (RequiresGrad && GradMode.IsRecording)
            throw new GraphException($"{operation}: a tensor that requires a gradient cannot be written in place while operations are recorded, but {Describe(null)} requires one. Hint: write under NoGrad.Scope(), or to a copy.");
        RefuseExpanded(operation);
        Written();
    }

    void RefuseExpanded(string operation)
    {
        for (int i = 0; i < Rank; i++)
            if (Strides[i] == 0 && Shape[i] > 1) throw new ShapeException($"{operation}: elements that share memory cannot be written in place, but axis {i} of the tensor of shape {Shape} is expanded. Hint: call Copy first.");
    }

    void CheckElement<T>(string operation) where T : unmanaged
    {
        if (DTypeFacts.Of<T>() != DType) throw new DTypeException($"{operation}: the elements must be read as they are, but they are {DType} and {typeof(T).Name} was asked for. Hint: convert with To.");
    }
}
