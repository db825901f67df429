using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("exponential", "Multiplied by a factor at every step.")]
internal sealed record ExponentialSchedule : ScheduleRecipe
{
    [Description("What each step multiplies by.")]
    [Above(0)]
    public required double Factor { get; init; }

    protected override Schedule Make(double rate, long steps) => new Exponential(Factor);
}
