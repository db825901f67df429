using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("rms-norm", "Divides the last axis of each row by its root mean square.")]
internal sealed record RmsNormLayer : LayerRecipe
{
    [Description("The size of the last axis.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Size { get; init; }

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-6;

    public override Layer Build(Generator random) => new RmsNorm(Size, Epsilon);
}
