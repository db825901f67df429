using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Language;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Cli.FineTuning;

/// <summary>What a fine-tuning is made of before its first step.</summary>
/// <param name="Model">The model with its adapters.</param>
/// <param name="BaseParameters">How many parameters it has without them.</param>
/// <param name="Trained">The adapters' parameters: all that the optimizer knows.</param>
/// <param name="Trainer">Trains them.</param>
/// <param name="Train">Batches to learn from.</param>
/// <param name="HeldOut">Batches to judge by; null where none are held out.</param>
/// <param name="Precision">In which types products are computed.</param>
/// <param name="LearningRate">The highest.</param>
/// <param name="Steps">How many steps there will be.</param>
/// <param name="Epochs">How many epochs they are, a begun one counted.</param>
internal sealed record FineTuningParts(PretrainedModel Model, long BaseParameters, IReadOnlyList<Tensor> Trained, Trainer Trainer, DataLoader Train, DataLoader? HeldOut, Precision Precision, double LearningRate, long Steps, int Epochs)
{
    /// <summary>How many linear layers have an adapter.</summary>
    public int Layers => Lora.Layers(Model.Model).Count;

    public long TrainedParameters => Trained.Sum(p => p.Elements);

    /// <exception cref="UsageException">A target is no layer of the model.</exception>
    public static FineTuningParts Of(FineTuningSettings settings, PretrainedModel model, FineTuningText rows)
    {
        AdapterWords words = settings.Adapters;
        IReadOnlyList<string> targets = LinearTargets.Paths(model, words.Targets);
        long parameters = model.Model.ParameterCount;
        if (settings.Quantized is { } format) Quantization.Apply(model.Model, new() { Format = format, Targets = LinearTargets.InBlocks(model), HasShortScales = format == QuantizationFormat.Nf4 });
        var lora = new LoraSettings { Rank = words.Rank, Alpha = words.Alpha, Targets = targets, Dropout = words.Dropout, IsRankStabilized = words.IsRankStabilized, HasMagnitudes = words.HasMagnitudes };
        IReadOnlyList<Tensor> trained = Lora.Attach(model.Model, lora, new(settings.Seed));
        var train = new DataLoader(rows.Train, settings.Batch, Streams.Order(new(settings.Seed)), prefetch: TrainingParts.Ahead);
        DataLoader? heldOut = rows.HeldOut is null ? null : new(rows.HeldOut, settings.Batch, prefetch: TrainingParts.Ahead);
        (long steps, int epochs) = settings.Length(train.Batches);
        double rate = settings.LearningRate ?? FineTuningSettings.RateFor(Lora.Layers(model.Model).Min(l => l.Layer.Inputs));
        // Decay would pull what was learned back to the model as it was.
        var optimizer = new AdamW(trained, rate, weightDecay: 0);
        var trainer = new Trainer(new AdaptersAlone(model.Model), optimizer, Objective.NextToken(), new LearningRateSchedule(optimizer, settings.Over(steps)));
        return new(model, parameters, trained, trainer, train, heldOut, settings.Precision, rate, steps, epochs);
    }

    /// <summary>The score of the held-out rows; null where there are none.</summary>
    public Score? Judge(CancellationToken cancellation)
    {
        using PrecisionScope scope = Precision.Scope();
        return HeldOut is null ? null : Trainer.Evaluate(HeldOut, cancellation);
    }
}
