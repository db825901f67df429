using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("polynomial", "Down to zero over the training, by a power.")]
internal sealed record PolynomialSchedule : ScheduleRecipe
{
    [Description("1 is a straight line.")]
    [Above(0)]
    public double Power { get; init; } = 1;

    protected override Schedule Make(double rate, long steps) => new Polynomial(steps, Power);
}
