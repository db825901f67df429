using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>What a recipe's training is made of before its first step.</summary>
internal sealed record TrainingParts(DataLoader Train, Normalize Normalize, Module<Tensor, Tensor> Model, Optimizer Optimizer, Trainer Trainer)
{
    /// <summary>How many batches are made ahead.</summary>
    public const int Ahead = 2;

    public static TrainingParts Of(TrainingSettings settings, Splits data)
    {
        Recipe recipe = settings.Recipe;
        Normalize normalize = Normalize.Fit(data.Train, recipe.ToNumbers);
        var train = new DataLoader(data.Train, settings.BatchSize, Streams.Order(new(settings.Seed)), prefetch: Ahead, transforms: [.. recipe.Augmentation, .. recipe.ToNumbers, normalize]);
        Module<Tensor, Tensor> model = recipe.Model(new(settings.Seed));
        Optimizer optimizer = recipe.Optimizer(model, settings.LearningRate);
        var schedule = new LearningRateSchedule(optimizer, recipe.Schedule(settings.LearningRate, settings.Epochs * train.Batches));
        return new(train, normalize, model, optimizer, new(model, optimizer, Objective.Classification(recipe.LabelSmoothing), schedule));
    }
}
