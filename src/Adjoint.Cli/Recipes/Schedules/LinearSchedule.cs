using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("linear", "A straight line over the training.")]
internal sealed record LinearSchedule : ScheduleRecipe
{
    [Description("The factor at the beginning.")]
    [AtLeast(0)]
    public double Start { get; init; } = 1;

    [Description("The factor at the end.")]
    [AtLeast(0)]
    public double End { get; init; }

    protected override Schedule Make(double rate, long steps) => new LinearRate(steps, Start, End);
}
