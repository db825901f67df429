using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("mlp", "Linear layers with an activation between them; inputs and outputs come from the data.")]
internal sealed record MlpModel : ModelRecipe
{
    [Description("The units of each hidden layer; none is a linear model.")]
    [AtLeast(1)]
    [AtMost(1 << 24)]
    public IReadOnlyList<long> Hidden { get; init; } = [64];

    [Description("What stands between two layers.")]
    public Activation Activation { get; init; } = Activation.Relu;

    [Description("The probability of dropping a hidden unit.")]
    [AtLeast(0)]
    [Below(1)]
    public double Dropout { get; init; }

    public override bool? TakesTokens => false;

    public override Layer Build(DataFacts data, Generator random) => new Mlp([data.Input.Elements, .. Hidden, data.Outputs], random, () => Activation.Make(), Dropout);
}
