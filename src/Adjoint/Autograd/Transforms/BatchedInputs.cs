namespace Adjoint;

/// <summary>The inputs of an operation inside a mapped function, as a batching rule (<see cref="Op.Batch"/>) sees them: all items at once.</summary>
public sealed class BatchedInputs
{
    readonly MapLevel _level;
    readonly Tensor[] _items;

    internal BatchedInputs(MapLevel level, Tensor[] items) => (_level, _items) = (level, items);

    /// <summary>The first inputs alone.</summary>
    internal BatchedInputs First(int count) => new(_level, _items[..count]);

    /// <summary>The number of inputs.</summary>
    public int Count => _items.Length;

    /// <summary>The number of items.</summary>
    public long Size => _level.Size;

    /// <summary>An input: [<see cref="Size"/>, …] where items differ, else the one tensor that all items share.</summary>
    public Tensor this[int input] => _items[input].Items;

    /// <summary>Whether an input differs between items.</summary>
    public bool IsMapped(int input) => _items[input].IsMapped;

    /// <summary>The shape of an input for one item.</summary>
    public Shape Shape(int input) => _items[input].Shape;

    /// <summary>An input with the items along its first axis, whether they differ or not; repeated without copying.</summary>
    public Tensor All(int input) => IsMapped(input) ? this[input] : this[input].Expand(Shape(input).Insert(0, Size));

    /// <summary>An input as it is, but for axes of size 1 behind that of the items: one item then has <paramref name="rank"/> axes, as broadcasting would have it.</summary>
    public Tensor Aligned(int input, int rank)
    {
        Tensor x = this[input];
        int missing = rank - Shape(input).Rank;
        if (!IsMapped(input) || missing <= 0) return x;
        Tensor aligned = x.Reshape([Size, .. Enumerable.Repeat(1L, missing), .. Shape(input)]);
        aligned.IsConstant = x.IsConstant;
        return aligned;
    }

    /// <summary>The first two axes of an input joined: its items, one after the other along the first axis of one item.</summary>
    public Tensor Folded(int input) => All(input).Flatten(0, 1);

    /// <summary>An operation on inputs that all have the items along their first axis.</summary>
    /// <returns>All outputs, hidden ones included.</returns>
    public Tensor[] Apply(Op op) => ApplyEach(op, All);

    /// <summary>An operation on inputs folded into their first axes, for operations that treat each position of that axis alone.</summary>
    /// <returns>All outputs, hidden ones included.</returns>
    public Tensor[] ApplyFolded(Op op) => Array.ConvertAll(ApplyEach(op, Folded), Unfolded);

    /// <summary>Undoes <see cref="Folded"/>: [items · n, …] to [items, n, …].</summary>
    public Tensor Unfolded(Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        return y.Reshape([Size, Size == 0 ? 0 : y.Shape[0] / Size, .. y.Shape.Skip(1)]);
    }

    /// <summary>Items side by side as groups of channels: [items, n, c, …] as [n, items · c, …].</summary>
    public Tensor AsGroups(int input) => All(input).MoveDim(0, 1).Flatten(1, 2);

    /// <summary>Undoes <see cref="AsGroups"/>: [n, items · c, …] to [items, n, c, …].</summary>
    public Tensor FromGroups(Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        return y.Reshape([y.Shape[0], Size, y.Shape[1] / Size, .. y.Shape.Skip(2)]).MoveDim(1, 0);
    }

    Tensor[] ApplyEach(Op op, Func<int, Tensor> input)
    {
        ArgumentNullException.ThrowIfNull(op);
        return op.ApplyWithHidden([.. Enumerable.Range(0, Count).Select(input)]);
    }

    /// <summary>The inputs of one item.</summary>
    internal Tensor[] One(long item) => [.. Enumerable.Range(0, Count).Select(i => IsMapped(i) ? this[i].Select(0, item) : this[i])];

    /// <summary>All items of a tensor of a level, along the first axis.</summary>
    internal static Tensor AllOf(MapLevel level, Tensor y)
    {
        Tensor on = y.On(level);
        return on.IsMapped ? on.Items : on.Items.Expand(on.Shape.Insert(0, level.Size));
    }
}
