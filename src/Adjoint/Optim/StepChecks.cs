namespace Adjoint.Optim;

/// <summary>What must hold before a step: every gradient is there, is new, and nothing that received one is left out.</summary>
internal static class StepChecks
{
    /// <exception cref="GraphException">A gradient is missing, was used before, or belongs to a leaf that no optimizer trains.</exception>
    public static void Run(Optimizer optimizer, Slot[] slots, bool isFirst)
    {
        CheckPresent(optimizer, slots);
        if (!optimizer.AllowUsedGradients) CheckNew(optimizer, slots);
        if (isFirst && !optimizer.AllowOtherLeaves) CheckNobodyLeftOut(optimizer, slots);
    }

    /// <summary>Remembers which gradients the step has used.</summary>
    public static void Remember(Slot[] slots)
    {
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.Source is not Leaf { Gradient: not null, Reached: { } pass } leaf) continue;
            slot.LastPass = pass.Number;
            leaf.IsUsed = true;
        }
    }

    public static string List(string[] names) =>
        string.Join(", ", names.Take(8).Select(n => $"'{n}'")) + (names.Length > 8 ? $" and {names.Length - 8} more" : "");

    // The loops before each list allocate nothing: a step in order costs nothing.
    static void CheckPresent(Optimizer optimizer, Slot[] slots)
    {
        bool complete = true;
        foreach (Slot slot in slots) complete &= slot.Parameter is not { IsLeaf: true, Grad: null };
        if (!complete) RefuseMissing(optimizer, slots);
    }

    // In a method of its own, because its lambdas make an object as soon as it is entered.
    static void RefuseMissing(Optimizer optimizer, Slot[] slots)
    {
        Slot[] missing = [.. slots.Where(s => s.Parameter is { IsLeaf: true, Grad: null })];
        int trained = slots.Count(s => s.Parameter.IsLeaf);
        if (missing.Length == trained) throw new GraphException($"{optimizer.Name}: a step needs gradients, but none of the {trained} parameters has one. Hint: call Backward on the loss before Step, and ZeroGrad after it.");
        string[] asked = [.. missing.Where(s => !optimizer.AllowMissingGradients && !s.Group.AllowMissingGradients).Select(s => s.Name)];
        if (asked.Length > 0) throw new GraphException($"{optimizer.Name}: every parameter needs a gradient, but {List(asked)} received none. Hint: is it used in Forward? Freeze it, or set AllowMissingGradients.");
    }

    static void CheckNew(Optimizer optimizer, Slot[] slots)
    {
        bool allNew = true;
        foreach (Slot slot in slots) allNew &= !IsSame(slot) && !IsAddedToUsed(slot);
        if (allNew) return;
        string[] added = [.. slots.Where(IsAddedToUsed).Select(s => s.Name)];
        if (added.Length > 0) throw new GraphException($"{optimizer.Name}: gradients must be cleared between a step and the next backward pass, but {List(added)} still held the last step's when the new one was added. Hint: call ZeroGrad after Step, or set AllowUsedGradients.");
        string[] same = [.. slots.Where(IsSame).Select(s => s.Name)];
        throw new GraphException($"{optimizer.Name}: a gradient is used for one step, but {List(same)} received none since the last. Hint: call Backward once for each Step, and ZeroGrad after it, or set AllowUsedGradients.");
    }

    // A gradient that was set by hand knows no pass, and is the caller's business.
    static bool IsSame(Slot slot) => slot.Parameter.Source is Leaf { Gradient: not null, Reached: { } pass } && pass.Number == slot.LastPass;

    static bool IsAddedToUsed(Slot slot) => slot.Parameter.Source is Leaf { IsAddedToUsed: true };

    static void CheckNobodyLeftOut(Optimizer optimizer, Slot[] slots)
    {
        var others = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.Source is not Leaf { Reached.Untrained: { } untrained }) continue;
            // Since the pass they may have been frozen, or given to an optimizer.
            lock (untrained) others.UnionWith(untrained.Where(l => ReferenceEquals(l.Tensor.Source, l) && !l.Tensor.IsTrained).Select(l => l.Tensor));
        }

        if (others.Count == 0) return;
        string[] names = [.. others.Select(t => t.Name ?? $"a tensor of shape {t.Shape}").Order(StringComparer.Ordinal)];
        throw new GraphException($"{optimizer.Name}: what receives a gradient must be trained, but {List(names)} {(names.Length == 1 ? "belongs" : "belong")} to no optimizer. Hint: give it to one, Freeze it, mark an input by RequireGrad instead of AsParameter, or set AllowOtherLeaves.");
    }
}
