using System.Globalization;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Training;

namespace Adjoint.Cli.Recipes;

[Kind("next-token", "The token that comes next, at every place of a text: cross entropy, and perplexity.")]
internal sealed record NextTokenObjective : ObjectiveRecipe
{
    public override TaskKind Task => TaskKind.Tokens;

    public override Objective Make() => Objective.NextToken();

    public override Objective Judge() => Objective.NextToken();

    public override string Words(Score score) => string.Create(CultureInfo.InvariantCulture, $"{base.Words(score)}, perplexity {Math.Exp(score.Loss):0.00}");
}
