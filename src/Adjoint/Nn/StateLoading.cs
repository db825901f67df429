namespace Adjoint.Nn;

/// <summary>Copies named tensors into a module, after everything was compared.</summary>
internal static class StateLoading
{
    public static void Run(ModuleWalk walk, IReadOnlyDictionary<string, Tensor> state, bool strict) => Plan(walk, state, strict)();

    /// <summary>Compares, and gives what copies.</summary>
    public static Action Plan(ModuleWalk walk, IReadOnlyDictionary<string, Tensor> state, bool strict)
    {
        List<(Tensor To, Tensor From)> copies = [];
        List<string> missing = [], misshapen = [];
        ILookup<Tensor, string> aliases = walk.Aliases.ToLookup(a => a.Value, a => a.Key);
        HashSet<string> known = [.. walk.Aliases.Keys];
        foreach ((string name, Tensor tensor) in walk.Tensors)
        {
            known.Add(name);
            string? given = state.ContainsKey(name) ? name : aliases[tensor].FirstOrDefault(state.ContainsKey);
            if (given is null) missing.Add($"'{name}'");
            else if (state[given].Shape != tensor.Shape) misshapen.Add($"'{name}' ({state[given].Shape} instead of {tensor.Shape})");
            else copies.Add((tensor, state[given]));
        }

        string[] unexpected = [.. state.Keys.Where(k => !known.Contains(k)).Select(k => $"'{k}'")];
        List<string> faults = [];
        if (strict && missing.Count > 0) faults.Add($"missing: {string.Join(", ", missing)}");
        if (strict && unexpected.Length > 0) faults.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (misshapen.Count > 0) faults.Add($"of another shape: {string.Join(", ", misshapen)}");
        if (faults.Count > 0)
            throw new ArgumentException($"load state: names and shapes must be those of the module, but there are {string.Join("; ", faults)}.{(misshapen.Count == 0 ? " Hint: strict: false loads what fits." : "")}");

        return () =>
        {
            using NoGrad off = NoGrad.Scope();
            foreach ((Tensor to, Tensor from) in copies) if (!ReferenceEquals(to, from)) to.CopyFrom(from);
        };
    }
}
