namespace Adjoint.Optim;

/// <summary>Checks what <see cref="Lbfgs"/> saved beyond the state that all optimizers share.</summary>
internal static class LbfgsState
{
    static readonly string[] Single = ["iterations", "evaluations", "rate", "scale"], Long = ["gradient", "direction"];

    /// <param name="state">All that was saved.</param>
    /// <param name="length">The length of the vectors.</param>
    /// <param name="common">What is not the method's own.</param>
    /// <param name="pairs">The number of gradients remembered.</param>
    /// <exception cref="ArgumentException">A name is missing, or a shape differs; the message lists all of them.</exception>
    public static void Split(IReadOnlyDictionary<string, Tensor> state, long length, out Dictionary<string, Tensor> common, out int pairs)
    {
        pairs = 0;
        while (state.ContainsKey($"history.{pairs}.step") || state.ContainsKey($"history.{pairs}.change")) pairs++;
        string[] vectors = [.. Long, .. Enumerable.Range(0, pairs).SelectMany(i => (string[])[$"history.{i}.step", $"history.{i}.change"])];
        string[] own = [.. Single, .. vectors];
        common = state.Where(s => !own.Contains(s.Key)).ToDictionary();
        if (!own.Any(state.ContainsKey)) return;

        Shape Expected(string name) => vectors.Contains(name) ? [length] : [];
        string[] faults =
        [
            .. own.Where(n => !state.ContainsKey(n)).Select(n => $"'{n}' is missing"),
            .. own.Where(state.ContainsKey).Where(n => state[n].Shape != Expected(n)).Select(n => $"'{n}' is {state[n].Shape}"),
        ];
        if (faults.Length > 0) throw new ArgumentException($"lbfgs: the state must be that of the same parameters, {length} numbers together, but {string.Join(", ", faults)}.");
    }
}
