using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("lenet", "A small convolutional network for 28x28 images of one channel.")]
internal sealed record LeNetModel : ModelRecipe
{
    [Description("The probability of dropping a unit of the head.")]
    [AtLeast(0)]
    [Below(1)]
    public double Dropout { get; init; } = 0.5;

    public override bool? TakesTokens => false;

    public override Layer Build(DataFacts data, Generator random) => data.Input == [1, 28, 28] ? new LeNet(random, data.Outputs, Dropout)
        : throw new ShapeException($"lenet: images must be [1, 28, 28], but those of the data are {data.Input}. Hint: a model of kind resnet or sequential.");
}
