using System.Runtime.CompilerServices;

namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary>A part of this tensor, one index an axis from the first axis on; axes not named are whole. Reading gives a view, writing writes in place.</summary>
    /// <remarks>Written values broadcast and are converted. An in-place write is not recorded.</remarks>
    /// <exception cref="ShapeException">There are more indices than axes, or two ellipses; or written values do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position does not exist. (Ranges are cut down to what there is.)</exception>
    /// <exception cref="GraphException">On writing: this tensor, or what is written, requires a gradient while operations are recorded.</exception>
    [IndexerName("Part")]     // "Item" is the value of a single-element tensor
    [PyTorch("torch.Tensor.__getitem__", "torch.Tensor.__setitem__", Differs = "`1:3` is `1..3`, `-1` stays or is `^1`, `::2` is `(..).By(2)`, `...` and `None` are `TensorIndex.Ellipsis` and `TensorIndex.NewAxis`. A negative step walks the range backwards. Reading is a view, assigning writes in place.", Use = "x[0, 1..3, ^1]")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            int axis = 0;
            Tensor view = this;
            int whole = Rank - Named(indices);
            foreach (TensorIndex index in indices)
            {
                switch (index.Kind)
                {
                    case TensorIndex.IndexKind.Position: view = view.Select(axis, Place(index.Start)); break;
                    case TensorIndex.IndexKind.NewAxis: view = view.Unsqueeze(axis++); break;
                    case TensorIndex.IndexKind.Ellipsis: axis += whole; break;
                    default:
                        long size = view.Shape[axis];
                        view = view.Slice(axis, Bound(index.Start, size), Bound(index.End, size), index.Step);
                        axis++;
                        break;
                }
            }

            return view;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            CheckWritten(value);
            using Scope scope = Scope.Begin("set");
            using NoGrad off = NoGrad.Scope();
            this[indices].CopyFrom(value);
        }
    }

    /// <summary>Positions of the first axis picked by number: the axis is replaced by the axes of the indices. With a Bool mask over the first axes: the positions where it is true, in row-major order. Reading gives a copy and is differentiable; writing writes in place.</summary>
    /// <remarks>
    /// Written values broadcast and are converted; where a position is named several times, the last one stays. An in-place write is not
    /// recorded: <c>IndexCopy</c>, <c>IndexAdd</c>, <c>IndexPut</c> and <c>MaskedScatter</c> make differentiable copies.
    /// </remarks>
    /// <exception cref="ShapeException">There is no axis, or the mask has not the sizes of the first axes; or written values do not broadcast.</exception>
    /// <exception cref="DTypeException">The indices are not I64, I32 or Bool.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="GraphException">On writing: this tensor, or what is written, requires a gradient while operations are recorded.</exception>
    [IndexerName("Part")]
    [PyTorch("torch.Tensor.__getitem__", "torch.Tensor.__setitem__", Differs = "Numbers or a Bool mask, over the first axes. Reading is a copy and differentiable, assigning writes in place.", Use = "x[indices]")]
    public Tensor this[Tensor indices]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(indices);
            CheckIndexed();
            if (indices.DType != DType.Bool) return new Ops.IndexSelect(0).Apply(this, indices);
            Tensor places = Chosen(indices);
            return new Ops.IndexSelect(0).Apply(this.Reshape(MaskedAxis(indices)), places);
        }

        set
        {
            ArgumentNullException.ThrowIfNull(indices);
            ArgumentNullException.ThrowIfNull(value);
            CheckIndexed();
            CheckWritten(value);
            using Scope scope = Scope.Begin("set");
            using NoGrad off = NoGrad.Scope();
            bool isMask = indices.DType == DType.Bool;
            if (!isMask) Ops.Indices.CheckType(indices, "set");
            // What is read, positions included, must not be what was just written.
            Tensor places = isMask ? Chosen(indices) : Apart(indices);
            Shape flat = isMask ? MaskedAxis(indices) : Shape;
            Shape rows = Ops.Indices.Replace(flat, 0, places.Shape);
            if (Shape.Broadcast(value.Shape, rows) != rows) throw new ShapeException($"set: values must broadcast to what they are written to, but they are {value.Shape} and it is {rows}.");
            Tensor source = Apart(value).To(DType).Expand(rows).Reshape([places.Elements, .. flat.Sizes.AsSpan(1)]);
            Tensor target = IsContiguous ? Alias() : Detach().Copy();
            Ops.IndexCopy.Put(target.Reshape(flat), places, source, 0, "set");
            if (!IsContiguous) CopyFrom(target);
            GC.KeepAlive(this);
        }
    }

    /// <summary>The values of a tensor in memory that is not this one's.</summary>
    Tensor Apart(Tensor other) => ReferenceEquals(other.Storage, Storage) ? other.Detach().Copy() : other.Detach();

    void CheckIndexed()
    {
        if (Rank == 0) throw new ShapeException("index: a tensor must have an axis to be indexed, but x is [].");
    }

    void CheckWritten(Tensor value)
    {
        BeginWrite("set");
        if (value.RequiresGrad && GradMode.IsRecording)
            throw new GraphException($"set: an in-place write is not recorded, but the values of shape {value.Shape} require a gradient. Hint: build the result with Where, Cat or Scatter, or write under NoGrad.Scope().");
    }

    /// <summary>This shape with the axes of a mask as one.</summary>
    Shape MaskedAxis(Tensor mask) => Shape.Create([mask.Elements, .. Shape.Sizes.AsSpan(mask.Rank)]);

    /// <summary>Where a mask over the first axes is true, as positions in these axes made one.</summary>
    Tensor Chosen(Tensor mask)
    {
        if (mask.Rank == 0 || mask.Rank > Rank || !mask.Shape.Sizes.AsSpan().SequenceEqual(Shape.Sizes.AsSpan(0, mask.Rank)))
            throw new ShapeException($"index: a mask must have the sizes of x's first axes, but the mask is {mask.Shape} and x is {Shape}.");
        bool[] chosen = mask.ToArray<bool>();
        long[] places = [.. Enumerable.Range(0, chosen.Length).Where(i => chosen[i])];
        return From(places);
    }

    /// <summary>How many axes the indices speak of.</summary>
    int Named(ReadOnlySpan<TensorIndex> indices)
    {
        int named = 0, ellipses = 0;
        foreach (TensorIndex index in indices)
        {
            if (index.Kind == TensorIndex.IndexKind.Ellipsis) ellipses++;
            else if (index.Kind != TensorIndex.IndexKind.NewAxis) named++;
        }

        if (named > Rank) throw new ShapeException($"index: there can be one index for each axis, but there are {named} and x is {Shape}.");
        if (ellipses > 1) throw new ShapeException($"index: only one ellipsis says which axes it stands for, but there are {ellipses}.");
        return named;
    }

    static long Place(Index index) => index.IsFromEnd ? -(long)index.Value : index.Value;

    // ^5 of an axis of 3 is before its start; as a plain negative number it would count from the end once more.
    static long Bound(Index index, long size) => index.IsFromEnd ? Math.Max(size - index.Value, 0) : index.Value;
}
