using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("constant", "The same rate all the time.")]
internal sealed record ConstantSchedule : ScheduleRecipe
{
    protected override Schedule Make(double rate, long steps) => new ConstantRate();
}
