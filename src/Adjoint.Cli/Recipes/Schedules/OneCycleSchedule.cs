using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("one-cycle", "Up to the rate and down to almost nothing, once over the training.")]
internal sealed record OneCycleSchedule : ScheduleRecipe
{
    [Description("The part of the steps that goes up.")]
    [Above(0)]
    [Below(1)]
    public double Rise { get; init; } = 0.3;

    [Description("The first rate is the highest divided by this.")]
    [Above(0)]
    public double StartDivisor { get; init; } = 25;

    [Description("The last rate is the first divided by this.")]
    [Above(0)]
    public double EndDivisor { get; init; } = 1e4;

    [Description("Whether along straight lines instead of cosines.")]
    public bool Straight { get; init; }

    [Description("Whether the way down first mirrors the way up.")]
    public bool ThreePhases { get; init; }

    protected override Schedule Make(double rate, long steps) => new OneCycle(rate, steps) { Rise = Rise, StartDivisor = StartDivisor, EndDivisor = EndDivisor, Straight = Straight, ThreePhases = ThreePhases };
}
