using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

/// <summary>Muon for what it is made for, AdamW for the rest, with one learning rate and one weight decay for both.</summary>
[Kind("muon", "Momentum made orthogonal for the matrices of hidden layers; AdamW for embeddings, the last layer, filters and vectors.")]
internal sealed record MuonOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1e-3;

    public override double WeightDecay { get; init; } = 0.1;

    [Description("How slowly the mean of the gradient moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Momentum { get; init; } = 0.95;

    [Description("Whether the step looks ahead along the momentum.")]
    public bool Nesterov { get; init; } = true;

    [Description("The number of Newton-Schulz steps.")]
    [AtLeast(1)]
    [AtMost(100)]
    public int Iterations { get; init; } = 5;

    public override Optimizer Build(Module model)
    {
        Tensor[] hidden = [.. Hidden(model)];
        if (hidden.Length == 0) return Make(Groups(model.Parameters()));
        var matrices = new ParameterGroup(hidden);
        return new MuonAndAdamW(
            new Muon([matrices], LearningRate, WeightDecay) { Momentum = Momentum, Nesterov = Nesterov, Iterations = Iterations, MatchAdam = true },
            (AdamW)Make(Groups(model.Parameters().Except(hidden))));
    }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new AdamW(groups, LearningRate, WeightDecay);

    /// <summary>The weights of linear layers, without the last and without tables, whose rows are tokens.</summary>
    static IEnumerable<Tensor> Hidden(Module model)
    {
        Tensor[] matrices = [.. model.Modules().OfType<Linear>().Select(l => l.Weight)];
        return matrices.SkipLast(1).Except(matrices.TakeLast(1)).Except(model.Modules().OfType<Embedding>().Select(e => e.Weight)).Where(w => w.Rank == 2);
    }
}
