using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

/// <summary>A layer of a sequence.</summary>
[Family("layer")]
internal abstract record LayerRecipe
{
    /// <summary>The largest size of an axis.</summary>
    public const double MostUnits = 1 << 24;

    /// <summary>The largest size of a filter or window.</summary>
    public const double LargestWindow = 1 << 16;

    public abstract Layer Build(Generator random);

    /// <summary>Layers one after the other, which draw in this order.</summary>
    public static Sequential Sequence(IReadOnlyList<LayerRecipe> layers, Generator random) => [.. layers.Select(l => l.Build(random))];
}
