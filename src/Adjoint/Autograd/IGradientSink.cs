using Adjoint.Kernels;

namespace Adjoint;

/// <summary>Receives each leaf's gradient as soon as the backward pass has finished it, while the pass goes on.</summary>
/// <remarks>Accumulation, clipping, data parallelism and sharding attach here. The gradient tensor is valid during the call; keep an alias or a copy, or add it to something.</remarks>
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
    static readonly Formula Sum = Formula.Of((a, b) => a + b);

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
                if (inPlace) AddInPlace(sum, gradient);
                target.Gradient = (inPlace ? sum : sum + gradient).Persist();
                sum.Release();
                return;
            }

            // The memory is adopted when nobody else holds it: a gradient may be shared with another leaf (a + b sends the
            // same tensor to both) or with the caller's seed, and later in-place work on one must not reach the other.
            target.Gradient = gradient.IsExclusive && gradient.IsContiguous ? gradient.Persist() : gradient.Copy().Persist();
        }
    }

    static void AddInPlace(Tensor sum, Tensor gradient)
    {
        sum.Written();
        Elementwise.Run(Sum, sum.DType.Compute, [sum.Operand, gradient.Operand], [sum.Operand]);
        GC.KeepAlive(gradient);
    }
}

public sealed partial class Tensor
{
    /// <summary>Whether no other tensor and no saved value sees this memory.</summary>
    internal bool IsExclusive => Level is null && Storage.IsUnique;

    /// <summary>A handle to the same values (and graph) that no scope owns.</summary>
    internal Tensor Persist()
    {
        Tensor tensor = Alias(owned: false);
        tensor.Name = Name;
        if (_source is not null) tensor.Connect(_source, _slot);
        return tensor;
    }
}
