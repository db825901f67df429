using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("multi-step", "Multiplied by a factor at each of several steps.")]
internal sealed record MultiStepSchedule : ScheduleRecipe
{
    [Description("The steps at which the rate changes.")]
    [NotEmpty]
    [AtLeast(0)]
    [AtMost(1e15)]
    public required IReadOnlyList<long> Milestones { get; init; }

    [Description("What each change multiplies by.")]
    [Above(0)]
    public double Factor { get; init; } = 0.1;

    protected override Schedule Make(double rate, long steps) => new MultiStep(Factor, Milestones);
}
