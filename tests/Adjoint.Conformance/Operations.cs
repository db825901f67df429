namespace Adjoint.Conformance;

/// <summary>What each operation name of the golden format means in Adjoint: one line each, in a table per family.</summary>
public static class Operations
{
    static readonly Dictionary<string, Meaning> Table =
        new Dictionary<string, Meaning>[] { ElementwiseRows.Table, ReductionRows.Table, ViewRows.Table, LinearRows.Table, NormalizationRows.Table, LossRows.Table, RecurrentRows.Table }
            .SelectMany(t => t).ToDictionary();

    /// <summary>Applies an operation by its name in the file.</summary>
    /// <exception cref="SkippedException">The operation, or a setting that the case asks for, is not built yet.</exception>
    public static Tensor[] Apply(string name, Tensor[] inputs, Settings settings)
    {
        if (!Table.TryGetValue(name, out Meaning? meaning)) throw new SkippedException($"operation '{name}'");
        Tensor[] outputs = meaning(inputs, settings.Ignore("inplace"));
        return settings.Unread.FirstOrDefault() is { } unread ? throw new SkippedException($"setting '{unread}' of '{name}'") : outputs;
    }

    /// <summary>The functions whose curvature the file holds; those over rows act on the last axis.</summary>
    public static Tensor Curved(string name, Tensor x) => name switch
    {
        "matmul_self" => x.MatMul(x.T),
        "logsumexp" => x.LogSumExp(-1),
        "layer_norm" => NormalizationRows.OverLastAxis(x),
        _ => Apply(name, [x], Settings.None)[0],
    };
}
