using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("max-pool2d", "The largest number of each window of an image.")]
internal sealed record MaxPool2dLayer : Pool2dLayer
{
    public override Layer Build(Generator random) => new MaxPool2d(Kernel, Stride, Padding);
}
