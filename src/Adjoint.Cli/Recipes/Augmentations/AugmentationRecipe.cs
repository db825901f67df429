using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>A random change to training images.</summary>
[Family("augmentation")]
internal abstract record AugmentationRecipe
{
    public abstract ITransform Make();
}
