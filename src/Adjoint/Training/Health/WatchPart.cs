using System.Text.Json.Nodes;

namespace Adjoint.Training;

/// <summary>What was seen, in a checkpoint.</summary>
internal sealed class WatchPart(WatchHistory history) : IStatePart
{
    public PartState Save() => new(new Dictionary<string, Tensor>(), WatchJson.Of(history));

    public Action Restore(PartState state)
    {
        WatchHistory saved = WatchJson.Read(state.Values);
        return () => WatchJson.Copy(saved, history);
    }
}
