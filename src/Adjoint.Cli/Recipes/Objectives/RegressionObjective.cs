using Adjoint.Cli.Recipes.Files;
using Adjoint.Training;

namespace Adjoint.Cli.Recipes;

[Kind("regression", "Numbers to come close to: mean squared error.")]
internal sealed record RegressionObjective : ObjectiveRecipe
{
    public override TaskKind Task => TaskKind.Numbers;

    public override Objective Make() => Objective.Regression;

    public override Objective Judge() => Objective.Regression;
}
