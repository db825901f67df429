namespace Adjoint.Optim;

/// <summary>An optimizer's memory as named tensors.</summary>
internal static class OptimizerState
{
    public static OrderedDictionary<string, Tensor> Save(Optimizer optimizer, Slot[] slots, long steps)
    {
        var state = new OrderedDictionary<string, Tensor> { ["steps"] = Tensor.Scalar(steps, DType.I64) };
        for (int i = 0; i < optimizer.Groups.Count; i++)
        {
            state[$"groups.{i}.learning_rate"] = Tensor.Scalar(optimizer.Groups[i].LearningRate, DType.F64);
            state[$"groups.{i}.weight_decay"] = Tensor.Scalar(optimizer.Groups[i].WeightDecay, DType.F64);
        }

        foreach (Slot slot in slots)
        {
            if (slot.Steps == 0) continue;
            state[$"{slot.Name}.steps"] = Tensor.Scalar(slot.Steps, DType.I64);
            foreach (((string name, _), Tensor value) in optimizer.StatesOf(slot.Parameter).Zip(slot.Tensors)) state[$"{slot.Name}.{name}"] = value;
        }

        return state;
    }

    /// <summary>Checks everything, then restores.</summary>
    /// <returns>The number of steps taken.</returns>
    public static long Load(Optimizer optimizer, Slot[] slots, IReadOnlyDictionary<string, Tensor> state)
    {
        Check(optimizer, slots, state);
        using NoGrad off = NoGrad.Scope();
        for (int i = 0; i < optimizer.Groups.Count; i++)
        {
            optimizer.Groups[i].LearningRate = state[$"groups.{i}.learning_rate"].Item();
            optimizer.Groups[i].WeightDecay = state[$"groups.{i}.weight_decay"].Item();
        }

        foreach (Slot slot in slots)
        {
            bool stepped = state.TryGetValue($"{slot.Name}.steps", out Tensor? steps);
            slot.Steps = stepped ? (long)steps!.Item() : 0;
            (slot.Tensors, slot.IsPrepared) = ([], false);
            if (!stepped) continue;
            optimizer.Prepare(slot);
            foreach (((string name, _), Tensor own) in optimizer.StatesOf(slot.Parameter).Zip(slot.Tensors)) own.CopyFrom(state[$"{slot.Name}.{name}"]);
        }

        return (long)state["steps"].Item();
    }

    public static void Check(Optimizer optimizer, Slot[] slots, IReadOnlyDictionary<string, Tensor> state)
    {
        var expected = new Dictionary<string, Shape> { ["steps"] = [] };
        for (int i = 0; i < optimizer.Groups.Count; i++)
            foreach (string name in (string[])["learning_rate", "weight_decay"]) expected[$"groups.{i}.{name}"] = [];
        foreach (Slot slot in slots)
        {
            // A parameter that had not taken a step was saved without state.
            (string Name, Shape Shape)[] all = [("steps", []), .. optimizer.StatesOf(slot.Parameter)];
            if (!all.Any(s => state.ContainsKey($"{slot.Name}.{s.Name}"))) continue;
            foreach ((string name, Shape shape) in all) expected[$"{slot.Name}.{name}"] = shape;
        }

        Compare($"{optimizer.Name}: the state must be that of the same optimizer over the same parameters", expected, state);
    }

    /// <summary>Compares names and shapes of a saved state with those that belong there.</summary>
    /// <param name="rule">The sentence's first half.</param>
    /// <param name="expected">What belongs there.</param>
    /// <param name="state">What was saved.</param>
    /// <exception cref="ArgumentException">They differ; the sentence lists all differences.</exception>
    public static void Compare(string rule, Dictionary<string, Shape> expected, IReadOnlyDictionary<string, Tensor> state)
    {
        string[] missing = [.. expected.Keys.Where(k => !state.ContainsKey(k)).Select(k => $"'{k}'")];
        string[] unexpected = [.. state.Keys.Where(k => !expected.ContainsKey(k)).Select(k => $"'{k}'")];
        string[] misshapen = [.. expected.Where(e => state.TryGetValue(e.Key, out Tensor? t) && t.Shape != e.Value).Select(e => $"'{e.Key}' ({state[e.Key].Shape} instead of {e.Value})")];
        List<string> faults = [];
        if (missing.Length > 0) faults.Add($"missing: {string.Join(", ", missing)}");
        if (unexpected.Length > 0) faults.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (misshapen.Length > 0) faults.Add($"of another shape: {string.Join(", ", misshapen)}");
        if (faults.Count > 0) throw new ArgumentException($"{rule}, but there are {string.Join("; ", faults)}.");
    }
}
