using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("avg-pool2d", "The mean of each window of an image.")]
internal sealed record AvgPool2dLayer : Pool2dLayer
{
    public override Layer Build(Generator random) => new AvgPool2d(Kernel, Stride, Padding);
}
