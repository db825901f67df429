using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("cosine", "Half a cosine down over the training.")]
internal sealed record CosineSchedule : ScheduleRecipe
{
    [Description("The lowest rate.")]
    [AtLeast(0)]
    public double Floor { get; init; }

    protected override Schedule Make(double rate, long steps) => new Cosine(steps, Floor);
}
