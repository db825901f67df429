namespace Adjoint.Optim;

/// <summary>An optimizer's memory as named tensors.</summary>
internal static class OptimizerState
{
    public static OrderedDictionary<string, Tensor> Save(Optimizer optimizer, Slot[] slots, Rule rule, long steps)
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
            for (int i = 0; i < slot.States.Length; i++) state[$"{slot.Name}.{rule.States[i]}"] = slot.States[i];
        }

        return state;
    }

    /// <summary>Checks everything, then restores.</summary>
    /// <returns>The number of steps taken.</returns>
    public static long Load(Optimizer optimizer, Slot[] slots, Rule rule, IReadOnlyDictionary<string, Tensor> state)
    {
        Check(optimizer, slots, rule, state);
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
            slot.States = [];
            if (!stepped) continue;
            optimizer.Prepare(slot, rule);
            for (int i = 0; i < rule.States.Length; i++) slot.States[i].CopyFrom(state[$"{slot.Name}.{rule.States[i]}"]);
        }

        return (long)state["steps"].Item();
    }

    static void Check(Optimizer optimizer, Slot[] slots, Rule rule, IReadOnlyDictionary<string, Tensor> state)
    {
        var expected = new Dictionary<string, Shape> { ["steps"] = [] };
        for (int i = 0; i < optimizer.Groups.Count; i++)
            foreach (string name in (string[])["learning_rate", "weight_decay"]) expected[$"groups.{i}.{name}"] = [];
        foreach (Slot slot in slots)
        {
            // A parameter that had not taken a step was saved without state.
            string[] names = [$"{slot.Name}.steps", .. rule.States.Select(s => $"{slot.Name}.{s}")];
            if (!Array.Exists(names, state.ContainsKey)) continue;
            expected[names[0]] = [];
            foreach (string name in names[1..]) expected[name] = slot.Parameter.Shape;
        }

        string[] missing = [.. expected.Keys.Where(k => !state.ContainsKey(k)).Select(k => $"'{k}'")];
        string[] unexpected = [.. state.Keys.Where(k => !expected.ContainsKey(k)).Select(k => $"'{k}'")];
        string[] misshapen = [.. expected.Where(e => state.TryGetValue(e.Key, out Tensor? t) && t.Shape != e.Value).Select(e => $"'{e.Key}' ({state[e.Key].Shape} instead of {e.Value})")];
        List<string> faults = [];
        if (missing.Length > 0) faults.Add($"missing: {string.Join(", ", missing)}");
        if (unexpected.Length > 0) faults.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (misshapen.Length > 0) faults.Add($"of another shape: {string.Join(", ", misshapen)}");
        if (faults.Count > 0) throw new ArgumentException($"{optimizer.Name}: the state must be that of the same optimizer over the same parameters, but there are {string.Join("; ", faults)}.");
    }
}
