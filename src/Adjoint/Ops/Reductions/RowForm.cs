namespace Adjoint.Ops;

/// <summary>A tensor seen as rows: the axes that an operation works along moved last, the others before them in their order.</summary>
internal readonly struct RowForm
{
    readonly Shape _order, _back, _moved;

    public RowForm(Shape shape, Axes along)
    {
        long[] order = new long[shape.Rank], back = new long[shape.Rank], moved = new long[shape.Rank];
        int next = 0;
        foreach (bool last in (ReadOnlySpan<bool>)[false, true])
            for (int axis = 0; axis < shape.Rank; axis++)
                if (along[axis] == last) order[next++] = axis;
        IsInPlace = true;
        for (int i = 0; i < order.Length; i++)
        {
            back[order[i]] = i;
            moved[i] = shape[(int)order[i]];
            IsInPlace &= order[i] == i;
        }

        (_order, _back, _moved) = (Shape.Create(order), Shape.Create(back), Shape.Create(moved));
        Length = along.Count(shape);
        Count = 1;
        for (int i = 0; i < shape.Rank; i++) if (!along[i]) Count *= shape[i];
    }

    public RowForm(Shape shape, int dim) : this(shape, Axes.Of([dim], shape, "axis"))
    {
    }

    /// <summary>Whether the axes lie last already.</summary>
    public bool IsInPlace { get; }

    /// <summary>The number of rows.</summary>
    public long Count { get; }

    /// <summary>The number of elements in a row.</summary>
    public long Length { get; }

    /// <summary>The rows in memory order, in the type that is computed with; not connected to the graph.</summary>
    public Tensor Read(Tensor x) => Moved(x).ForKernel();

    /// <summary>The rows in memory order, for a kernel that reads any floating-point type.</summary>
    public Tensor Rows(Tensor x) => Moved(x).Contiguous();

    Tensor Moved(Tensor x) => IsInPlace ? x.Detach() : new Permute(_order).Apply(x.Detach());

    /// <summary>Where a kernel that writes any floating-point type writes the rows of an output.</summary>
    public Tensor RowsOf(Tensor y) => IsInPlace ? y : Tensor.Allocate(_moved, y.DType);

    /// <summary>Where a kernel writes the rows of an output.</summary>
    public Tensor Target(Tensor y) => IsInPlace ? y.KernelTarget() : Tensor.Allocate(_moved, y.DType.IsFloat ? y.DType.ComputeType() : y.DType);

    /// <summary>The written rows, to where the output has them.</summary>
    public void Store(Tensor rows, Tensor y) => y.TakeFrom(IsInPlace ? rows : new Permute(_back).Apply(rows));

    /// <summary>The rows as a matrix [<see cref="Count"/>, <see cref="Length"/>], connected to the graph.</summary>
    public Tensor Matrix(Tensor x) => (IsInPlace ? x : new Permute(_order).Apply(x)).Reshape(Count, Length);

    /// <summary>A matrix back in the tensor's own shape, connected to the graph.</summary>
    public Tensor FromMatrix(Tensor rows)
    {
        Tensor moved = rows.Reshape(_moved);
        return IsInPlace ? moved : new Permute(_back).Apply(moved);
    }
}
