using System.ComponentModel;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Training;

namespace Adjoint.Cli.Recipes;

[Kind("classification", "The class of each row: cross entropy, and accuracy.")]
internal sealed record ClassificationObjective : ObjectiveRecipe
{
    [Description("The share of each target that is spread evenly over all classes.")]
    [AtLeast(0)]
    [Below(1)]
    public double LabelSmoothing { get; init; }

    public override TaskKind Task => TaskKind.Classes;

    public override Objective Make() => Objective.Classification(LabelSmoothing);

    public override Objective Judge() => Objective.Classification();

    public override string Words(Score score) => Readable.Score(score);
}
