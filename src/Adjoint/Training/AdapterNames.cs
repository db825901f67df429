namespace Adjoint.Training;

/// <summary>What the linear layers of a model are called in the files of other libraries.</summary>
/// <param name="Of">The name of a layer by its path here: <c>model.layers.0.self_attn.q_proj</c> for <c>Blocks.0.Query</c>; null for a layer that has none there.</param>
/// <param name="IsTransposed">Whether weights lie there as [in, out], as in GPT-2: <c>fan_in_fan_out</c> in the settings.</param>
public sealed record AdapterNames(Func<string, string?> Of, bool IsTransposed = false)
{
    /// <summary>The paths themselves: for models that only Adjoint has.</summary>
    public static AdapterNames Paths { get; } = new(path => path);

    /// <summary>How the outputs of a layer are ordered there, by its path here; null, for the path or at all, where the order is the same.</summary>
    public Func<string, AdapterRows?>? Rows { get; init; }
}

/// <summary>A layer whose outputs stand in another order in the file, as the rotary pairs of a head may: the rows of B, and the magnitudes, move.</summary>
/// <param name="ToFile">Puts the rows of a matrix [out, n] into the file's order.</param>
/// <param name="FromFile">Puts them back.</param>
public sealed record AdapterRows(Func<Tensor, Tensor> ToFile, Func<Tensor, Tensor> FromFile);
