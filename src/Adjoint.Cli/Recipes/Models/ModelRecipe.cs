using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

/// <summary>A model that can be trained.</summary>
[Family("model")]
internal abstract record ModelRecipe
{
    /// <summary>Whether inputs are tokens, or numbers; null where both may be.</summary>
    public abstract bool? TakesTokens { get; }

    /// <summary>The untrained model for rows of some data.</summary>
    /// <param name="data">What the data is like.</param>
    /// <param name="random">Where initial values and dropout come from.</param>
    public abstract Layer Build(DataFacts data, Generator random);
}
