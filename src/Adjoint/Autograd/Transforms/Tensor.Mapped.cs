namespace Adjoint;

// Inside Vmap a tensor stands for one item, and holds all of them: an ordinary tensor with the items along its first axis,
// which belongs to the level outside, where it may be recorded, or mapped again. A tensor that is the same for all
// items has no such axis; it is put on the level all the same where it is differentiated there.
public sealed partial class Tensor
{
    Tensor? _items;

    /// <summary>A tensor of a mapped function; the hold on <paramref name="items"/> passes to it.</summary>
    Tensor(MapLevel level, Tensor items, bool isMapped, bool owned)
    {
        (Level, _items, IsMapped, DType, IsConstant) = (level, items, isMapped, items.DType, items.IsConstant);
        Shape = isMapped ? items.Shape.Without(0) : items.Shape;
        Strides = isMapped ? items.Strides[1..] : items.Strides;
        if (owned) Scope.Current?.Own(this);
    }

    /// <summary>The call of Vmap that this tensor belongs to; null for an ordinary one.</summary>
    internal MapLevel? Level { get; private set; }

    /// <summary>Whether items differ, so that <see cref="Items"/> has an axis for them.</summary>
    internal bool IsMapped { get; private set; }

    /// <summary>All items, on the level outside.</summary>
    internal Tensor Items => _items ?? throw new ReleasedTensorException($"tensor: a tensor inside Vmap lives as long as its scope, but one of shape {Shape} was released. Hint: return it from the function.");

    /// <summary>The memory, through all levels.</summary>
    internal Storage Memory => Level is null ? Storage : Items.Memory;

    /// <summary>The values of all items of all levels, for a look at them; not connected to any graph.</summary>
    internal Tensor Everything => Level is null ? Alias() : Items.Everything;

    /// <summary>Whether gradients flow through this tensor on any level.</summary>
    internal bool HasGraph => RequiresGrad || (_items?.HasGraph ?? false);

    /// <summary>A tensor of a mapped function; the hold on <paramref name="items"/> passes to it.</summary>
    internal static Tensor OnLevel(MapLevel level, Tensor items, bool isMapped, bool owned = true) => new(level, items, isMapped, owned);

    /// <summary>This tensor on a level: itself where it is there already, else the same for all items.</summary>
    internal Tensor On(MapLevel? level) => level is null || ReferenceEquals(Level, level) ? this : OnLevel(level, Persist(), isMapped: false);

    /// <exception cref="ReleasedTensorException">The owning scope has ended.</exception>
    /// <exception cref="GraphException">The call of Vmap that this tensor belongs to has ended.</exception>
    internal void MustBeAlive()
    {
        if (Level is null)
        {
            _ = Storage;
            return;
        }

        if (Level.IsEnded) throw new GraphException($"vmap: a tensor of a mapped function ends with the call, but one of shape {Shape} is used after it. Hint: return it from the function.");
        _ = Items;
    }

    /// <summary>A handle that no scope owns, cut off from the graphs of all levels.</summary>
    Tensor Alone() => Level is { } level ? OnLevel(level, Items.Alone(), IsMapped, owned: false) : Alias(owned: false);

    void ReleaseItems()
    {
        Tensor? items = _items;
        _items = null;
        items?.Release();
    }

    GraphException Unreadable() => new($"vmap: inside a mapped function a tensor stands for all items at once and cannot be read or written by itself, but the one of shape {Shape} is. Hint: use operations, such as Where instead of if, and read what Vmap returns.");

    /// <summary>Trades contents with another tensor of the same shape, for as long as a module is called with other values.</summary>
    internal void Exchange(Tensor other)
    {
        (_storage, other._storage) = (other._storage, _storage);
        (_items, other._items) = (other._items, _items);
        (Level, other.Level) = (other.Level, Level);
        (IsMapped, other.IsMapped) = (other.IsMapped, IsMapped);
        (DType, other.DType) = (other.DType, DType);
        (Offset, other.Offset) = (other.Offset, Offset);
        (Strides, other.Strides) = (other.Strides, Strides);
        (_source, other._source) = (other._source, _source);
        (_slot, other._slot) = (other._slot, _slot);
    }
}
