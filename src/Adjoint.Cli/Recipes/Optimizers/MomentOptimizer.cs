using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;

namespace Adjoint.Cli.Recipes;

/// <summary>One of Adam's family: steps scaled by running moments of the gradient.</summary>
internal abstract record MomentOptimizer : DecayingOptimizer
{
    [Description("How slowly the mean of the gradient moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Beta1 { get; init; } = 0.9;

    [Description("How slowly the mean of its square moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Beta2 { get; init; } = 0.999;

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-8;
}
