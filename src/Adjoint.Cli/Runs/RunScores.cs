using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>What the best weights score, without label smoothing and augmentation, so that the three compare.</summary>
internal sealed record RunScores(Score? Train, Score Validation, Score? Test)
{
    public static RunScores Of(Recipe recipe, TrainingParts parts, Splits data, DataLoader validation, CancellationToken cancellation)
    {
        var judge = new Trainer(parts.Model, parts.Optimizer, recipe.Objective.Judge());
        Score onValidation = judge.Evaluate(validation, CancellationToken.None);
        return new(Judge(data.Learned), onValidation, data.Test is null ? null : Judge(data.Test));

        // Who has interrupted does not wait for scores.
        Score? Judge(IDataset rows)
        {
            try
            {
                return judge.Evaluate(TrainingParts.Plain(recipe, rows, parts.Normalize), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
