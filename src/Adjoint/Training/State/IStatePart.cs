using System.Text.Json.Nodes;

namespace Adjoint.Training;

/// <summary>What a part of a training is at a moment between two steps: tensors and values by name.</summary>
/// <param name="Tensors">Not copies: they may change at the next step.</param>
/// <param name="Values">Numbers and texts; numbers keep every digit.</param>
public sealed record PartState(IReadOnlyDictionary<string, Tensor> Tensors, JsonObject Values);

/// <summary>A part of a training that a checkpoint holds.</summary>
public interface IStatePart
{
    /// <summary>What the part is now.</summary>
    PartState Save();

    /// <summary>Checks that a state fits, and changes nothing.</summary>
    /// <returns>Changes the part to that state.</returns>
    /// <exception cref="ArgumentException">It does not fit; the sentence says where.</exception>
    Action Restore(PartState state);
}
