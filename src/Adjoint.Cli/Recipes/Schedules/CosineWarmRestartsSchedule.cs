using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("cosine-warm-restarts", "Half a cosine down again and again, each longer than the one before.")]
internal sealed record CosineWarmRestartsSchedule : ScheduleRecipe
{
    [Description("The number of steps of the first.")]
    [AtLeast(1)]
    [AtMost(1e15)]
    public required long First { get; init; }

    [Description("How much longer each next one is.")]
    [AtLeast(1)]
    [AtMost(1000)]
    public long Growth { get; init; } = 1;

    [Description("The lowest rate.")]
    [AtLeast(0)]
    public double Floor { get; init; }

    protected override Schedule Make(double rate, long steps) => new CosineWarmRestarts(First, Growth, Floor);
}
