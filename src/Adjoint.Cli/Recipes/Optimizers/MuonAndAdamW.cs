using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

/// <summary>Two optimizers as one: each parameter is changed by the one whose group it is in.</summary>
internal sealed class MuonAndAdamW : Optimizer
{
    readonly Muon _muon;
    readonly AdamW _adam;
    readonly HashSet<ParameterGroup> _matrices;

    public MuonAndAdamW(Muon muon, AdamW adam) : base([.. muon.Groups, .. adam.Groups], muon.LearningRate, 0) =>
        (_muon, _adam, _matrices) = (muon, adam, [.. muon.Groups]);

    /// <inheritdoc/>
    protected internal override (string Name, Shape Shape)[] StatesOf(Tensor parameter) => Of(parameter).StatesOf(parameter);

    /// <inheritdoc/>
    protected internal override double FirstState(int state, ParameterGroup group) => (_matrices.Contains(group) ? (Optimizer)_muon : _adam).FirstState(state, group);

    /// <inheritdoc/>
    protected internal override long Flops(Slot slot) => Of(slot.Parameter).Flops(slot);

    /// <inheritdoc/>
    protected internal override long Bytes(Slot slot) => Of(slot.Parameter).Bytes(slot);

    /// <inheritdoc/>
    protected internal override void Update(ReadOnlySpan<Slot> slots)
    {
        foreach (ref readonly Slot slot in slots) (_matrices.Contains(slot.Group) ? (Optimizer)_muon : _adam).Update(new ReadOnlySpan<Slot>(in slot));
    }

    Optimizer Of(Tensor parameter) => _matrices.Any(g => g.Parameters.Contains(parameter)) ? _muon : _adam;
}
