using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Training;

namespace Adjoint.Cli.Recipes;

/// <summary>What a model is trained for.</summary>
[Family("objective")]
internal abstract record ObjectiveRecipe
{
    /// <summary>What the targets must be.</summary>
    public abstract TaskKind Task { get; }

    /// <summary>What training makes small.</summary>
    public abstract Objective Make();

    /// <summary>What results are judged by: without what only helps training, so that scores compare.</summary>
    public abstract Objective Judge();

    /// <summary>A score in words.</summary>
    public virtual string Words(Score score) => $"loss {Readable.Loss(score.Loss)}";
}
