namespace Adjoint;

/// <summary>What a member is called in PyTorch. The tables of <c>docs/coming-from-pytorch.md</c> are made from these, and a test asks for one where it is missing.</summary>
/// <param name="names">Names in full: <c>torch.nn.functional.gelu</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Constructor | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field, Inherited = false)]
internal sealed class PyTorchAttribute(params string[] names) : Attribute
{
    /// <summary>Names in full.</summary>
    public string[] Names { get; } = names;

    /// <summary>What is not the same: defaults, argument order, results. Markdown; null where a translation of the name is enough.</summary>
    public string? Differs { get; init; }

    /// <summary>How it is written, where the signature does not say it: an indexer, a class to derive from.</summary>
    public string? Use { get; init; }
}

/// <summary>Says that PyTorch has no name for a member.</summary>
/// <param name="reason">What it is instead. Markdown.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
internal sealed class NotInPyTorchAttribute(string reason) : Attribute
{
    /// <summary>What it is instead.</summary>
    public string Reason { get; } = reason;
}
