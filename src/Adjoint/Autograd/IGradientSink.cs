using Adjoint.Kernels;

namespace Adjoint;

/// <summary>Receives each leaf's gradient as soon as the backward pass has finished it, while the pass goes on.</summary>
/// <remarks>Accumulation, clipping, data parallelism and sharding attach here, after the hooks of the leaf (<see cref="Tensor.RegisterHook(Func{Tensor, Tensor})"/>). The gradient tensor is valid during the call; keep an alias or a copy, or add it to something.</remarks>
public interface IGradientSink
{
    /// <summary>The gradient of a leaf is complete.</summary>
    /// <param name="leaf">A tensor marked by <see cref="Tensor.AsParameter"/>.</param>
    /// <param name="gradient">Its gradient: the leaf's shape and element type.</param>
    void Ready(Tensor leaf, Tensor gradient);
}

/// <summary>The ordinary sink: adds to <see cref="Tensor.Grad"/>.</summary>
internal sealed class AccumulateGradients : IGradientSink
{
    public static AccumulateGradients Instance { get; } = new();

    public void Ready(Tensor leaf, Tensor gradient)
    {
        if (leaf.Source is not Leaf target) return;     // frozen since the graph was recorded
        lock (target)       // threads with graphs of their own may share parameters
        {
            using Scope scope = Scope.Begin("gradient accumulation");
            scope.KeepGraph(gradient.RequiresGrad);
            if (target.Gradient is { } sum)
            {
                target.IsAddedToUsed |= target.IsUsed;
                // In place where only this leaf sees the memory. The handle is new in any case: a gradient that was read before is a
                // thing of the past, and says so.
                bool inPlace = sum.IsExclusive && !(GradMode.IsRecording && (sum.RequiresGrad || gradient.RequiresGrad));
                if (inPlace) sum.AddUnrecorded(gradient);
                target.Gradient = (inPlace ? sum : sum + gradient).Persist();
                sum.Release();
                return;
            }

            // The memory is adopted when nobody else holds it: a gradient may be shared with another leaf (a + b sends the
            // same tensor to both) or with the caller's seed, and later in-place work on one must not reach the other.
            target.Gradient = gradient.IsExclusive && gradient.IsContiguous ? gradient.Persist() : gradient.Copy().Persist();
        }
    }
}

public sealed partial class Tensor
{
    static readonly Formula SumOfTwo = Formula.Of((a, b) => a + b);

    /// <summary>Whether no other tensor and no saved value sees this memory.</summary>
    internal bool IsExclusive => Level is null && Storage.IsUnique;

    /// <summary>Adds in place, seen by no graph: for gradients whose memory nobody else holds.</summary>
    internal void AddUnrecorded(Tensor other)
    {
        Written();
        if (IsShapeOnly) return;
        Elementwise.Run(SumOfTwo, DType.Compute, [Operand, other.Operand], [Operand]);
        GC.KeepAlive(other);
    }

    /// <summary>A handle to the same values (and graph) that no scope owns.</summary>
    internal Tensor Persist()
    {
        Tensor tensor = Alias(owned: false);
        tensor.Name = Name;
        if (_source is not null) tensor.Connect(_source, _slot);
        return tensor;
    }
}
