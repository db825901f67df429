using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("cyclic", "Up to the rate and down, again and again, along straight lines.")]
internal sealed record CyclicSchedule : ScheduleRecipe
{
    [Description("The rate between two cycles, as a part of the highest.")]
    [AtLeast(0)]
    public double Lowest { get; init; } = 0.1;

    [Description("The number of steps up.")]
    [AtLeast(1)]
    [AtMost(1e15)]
    public required long Up { get; init; }

    [Description("The number of steps down; as many as up when left out.")]
    [AtLeast(1)]
    [AtMost(1e15)]
    public long? Down { get; init; }

    [Description("What the height is multiplied by after each cycle.")]
    [Above(0)]
    public double CycleFactor { get; init; } = 1;

    [Description("What the height is multiplied by at each step.")]
    [Above(0)]
    public double StepFactor { get; init; } = 1;

    protected override Schedule Make(double rate, long steps) => new Cyclic(Lowest * rate, rate, Up, Down) { CycleFactor = CycleFactor, StepFactor = StepFactor };
}
