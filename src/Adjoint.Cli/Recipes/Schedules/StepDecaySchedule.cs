using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("step-decay", "Multiplied by a factor again and again.")]
internal sealed record StepDecaySchedule : ScheduleRecipe
{
    [Description("The number of steps between two changes.")]
    [AtLeast(1)]
    [AtMost(1e15)]
    public required long Every { get; init; }

    [Description("What each change multiplies by.")]
    [Above(0)]
    public double Factor { get; init; } = 0.1;

    protected override Schedule Make(double rate, long steps) => new StepDecay(Every, Factor);
}
