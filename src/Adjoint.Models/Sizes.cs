namespace Adjoint.Models;

/// <summary>The checks that the settings of language models share.</summary>
internal static class Sizes
{
    /// <summary>Every size must be at least 1.</summary>
    public static void Positive(string model, params ReadOnlySpan<(string Name, long Value)> sizes)
    {
        foreach ((string name, long value) in sizes)
            if (value < 1) throw new ArgumentException($"{model}: {name} must be at least 1, but it is {value}.");
    }

    /// <summary>One size must be a multiple of another.</summary>
    public static void Multiple(string model, (string Name, long Value) of, (string Name, long Value) unit)
    {
        if (of.Value % unit.Value != 0) throw new ArgumentException($"{model}: {of.Name} must be a multiple of {unit.Name}, but they are {of.Value} and {unit.Value}.");
    }

    /// <summary>The ε of a normalisation must be a positive number.</summary>
    public static void Epsilon(string model, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) throw new ArgumentException(FormattableString.Invariant($"{model}: epsilon must be a finite number above 0, but it is {value}."));
    }

    /// <summary>The number of tokens of each row of ids [B, T].</summary>
    public static long Tokens(string model, Tensor ids, long context)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Rank != 2) throw new ShapeException($"{model}: ids must be [B, T], but they are {ids.Shape}.{(ids.Rank == 1 ? " Hint: Unsqueeze(0) makes a batch of one." : "")}");
        if (ids.Shape[1] > context) throw new ShapeException($"{model}: a row of ids must fit into the context of {context} tokens, but ids are {ids.Shape}.");
        return ids.Shape[1];
    }
}
