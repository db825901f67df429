using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

/// <summary>What changes the weights.</summary>
[Family("optimizer")]
internal abstract record OptimizerRecipe
{
    [Description("The learning rate that the schedule starts from, or goes up to.")]
    [Above(0)]
    public abstract double LearningRate { get; init; }

    /// <summary>The optimizer of a model's parameters.</summary>
    public abstract Optimizer Build(Module model);
}

/// <summary>One that can pull weights to zero.</summary>
internal abstract record DecayingOptimizer : OptimizerRecipe
{
    [Description("How strongly weights are pulled to zero.")]
    [AtLeast(0)]
    public abstract double WeightDecay { get; init; }

    [Description("Whether biases and the weights of norms, which are vectors, are not pulled.")]
    public bool NoDecayOnVectors { get; init; }

    public override Optimizer Build(Module model) => Make(Groups(model.Parameters()));

    protected abstract Optimizer Make(IEnumerable<ParameterGroup> groups);

    /// <summary>One group, or tensors of at least two axes and vectors apart.</summary>
    protected IEnumerable<ParameterGroup> Groups(IEnumerable<Tensor> parameters)
    {
        Tensor[] all = [.. parameters];
        if (!NoDecayOnVectors) return [new(all)];
        Tensor[] vectors = [.. all.Where(p => p.Rank < 2)];
        ParameterGroup[] groups = [new(all.Except(vectors)), new(vectors) { WeightDecay = 0 }];
        return groups.Where(g => g.Parameters.Count > 0);
    }
}
