using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("linear", "A linear map of the last axis.")]
internal sealed record LinearLayer : LayerRecipe
{
    [Description("The number of inputs.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long In { get; init; }

    [Description("The number of outputs.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Out { get; init; }

    [Description("Whether to add a number to each output.")]
    public bool Bias { get; init; } = true;

    public override Layer Build(Generator random) => new Linear(In, Out, random, Bias);
}
