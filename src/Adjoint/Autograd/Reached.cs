namespace Adjoint;

/// <summary>A backward pass as its leaves remember it: optimizers tell by it whether gradients are new, and who else received one.</summary>
internal sealed class Reached
{
    static long Passes;

    /// <summary>Tells passes apart; from 1.</summary>
    public long Number { get; } = Interlocked.Increment(ref Passes);

    /// <summary>Leaves that no optimizer had been given when their gradient was finished; null as long as there is none.</summary>
    public HashSet<Leaf>? Untrained { get; private set; }

    /// <summary>A leaf's gradient is finished.</summary>
    public void Add(Leaf leaf)
    {
        if (leaf.Reached is { Untrained: { } earlier } before && before != this)
        {
            // Until gradients are cleared, several passes count as one.
            Leaf[] known;
            lock (earlier) known = [.. earlier];
            foreach (Leaf other in known) Note(other);
        }

        leaf.Reached = this;
        if (!leaf.Tensor.IsTrained) Note(leaf);
    }

    void Note(Leaf leaf)
    {
        if (leaf.Tensor.IsTrained) return;
        HashSet<Leaf> untrained = Untrained ??= [];
        lock (untrained) untrained.Add(leaf);
    }
}
