using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>What a recipe's training is made of before its first step.</summary>
internal sealed record TrainingParts(DataLoader Train, Normalize? Normalize, Module<Tensor, Tensor> Model, Optimizer Optimizer, Trainer Trainer)
{
    /// <summary>How many batches are made ahead.</summary>
    public const int Ahead = 2;

    public static TrainingParts Of(Recipe recipe, Splits data)
    {
        TrainingRecipe training = recipe.Training;
        Normalize? normalize = recipe.Data.IsNormalized ? Normalize.Fit(data.Train, recipe.Data.ToNumbers) : null;
        var train = new DataLoader(data.Train, training.BatchSize, Streams.Order(new(training.Seed)), prefetch: Ahead, transforms: [.. recipe.Data.Changes, .. ToInputs(recipe, normalize)], draws: training.Draws);
        Module<Tensor, Tensor> model = recipe.Model.Build(data.Facts, new(training.Seed));
        Optimizer optimizer = recipe.Optimizer.Build(model);
        var schedule = new LearningRateSchedule(optimizer, recipe.Schedule.Over(recipe.Optimizer.LearningRate, training.Steps(train.Batches)));
        return new(train, normalize, model, optimizer, new(model, optimizer, recipe.Objective.Make(), schedule));
    }

    /// <summary>Rows as they are, in order, ready for a model.</summary>
    public static DataLoader Plain(Recipe recipe, IDataset data, Normalize? normalize, int ahead = Ahead) =>
        new(data, recipe.Data.RowsToJudge(recipe.Training.BatchSize), prefetch: ahead, transforms: ToInputs(recipe, normalize));

    static ITransform[] ToInputs(Recipe recipe, Normalize? normalize) => normalize is null ? [.. recipe.Data.ToNumbers] : [.. recipe.Data.ToNumbers, normalize];
}
