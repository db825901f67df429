using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Training;

namespace Adjoint.Cli.Recipes;

/// <summary>How long and how carefully to train: <see cref="TrainingOptions"/> as a recipe says them.</summary>
internal sealed record TrainingRecipe
{
    /// <summary>How many epochs there are where nothing limits them.</summary>
    const int UsualEpochs = 10;

    [Description("Passes over the training data; when left out, as many as maxSteps takes, or else 10.")]
    [AtLeast(1)]
    public int? Epochs { get; init; }

    [Description("How many steps of the optimizer an epoch has; their rows are drawn from all training rows, so that some come again and others not at all. Left out, an epoch takes each row once.")]
    [AtLeast(1)]
    public int? EpochSteps { get; init; }

    [Description("Rows of a batch.")]
    [AtLeast(1)]
    [AtMost(1 << 20)]
    public int BatchSize { get; init; } = 32;

    [Description("How many batches make one step of the optimizer.")]
    [AtLeast(1)]
    public int Accumulate { get; init; } = 1;

    [Description("Stop after this many epochs without a better validation score.")]
    [AtLeast(1)]
    public int? Patience { get; init; }

    [Description("Stop after this many steps of the optimizer.")]
    [AtLeast(1)]
    public long? MaxSteps { get; init; }

    [Description("Stop after the step during which this many minutes are over.")]
    [Above(0)]
    [AtMost(1e6)]
    public double? MaxMinutes { get; init; }

    [Description("Rescale gradients whose common norm is above this.")]
    [Above(0)]
    public double? Clip { get; init; }

    [Description("Limit every element of every gradient to ± this, before clip.")]
    [Above(0)]
    public double? ClipValue { get; init; }

    [Description("Judge and keep averages of the weights of this decay instead of the weights.")]
    [AtLeast(0)]
    [Below(1)]
    public double? AverageDecay { get; init; }

    [Description("In which types products are computed; parameters stay float32.")]
    [OneOf("float32", "bfloat16-mixed", "float16-mixed")]
    public string Precision { get; init; } = Adjoint.Precision.Float32.Name;

    [Description("Save all that a resume needs after every this many steps too, and not only after every epoch.")]
    [AtLeast(1)]
    public int? CheckpointEvery { get; init; }

    [Description("Leave out steps whose loss or gradients are not finite, a few in a row, instead of ending.")]
    public bool SkipNonFinite { get; init; }

    [Description("Stop at the first operation that makes NaN or an infinity, and say where.")]
    public bool NanGuard { get; init; }

    [Description("Where all random numbers start: the same seed gives the same result.")]
    public ulong Seed { get; init; } = 1;

    /// <summary>The precisions by their names.</summary>
    public static IReadOnlyList<Precision> Precisions { get; } = [Adjoint.Precision.Float32, Adjoint.Precision.Bfloat16Mixed, Adjoint.Precision.Float16Mixed];

    /// <summary>How many rows an epoch draws; null: it takes each row once.</summary>
    public long? Draws => EpochSteps is { } steps ? (long)Math.Min(long.MaxValue, (double)steps * BatchSize * Accumulate) : null;

    /// <summary>How many steps of the optimizer the training has at most, which is what a schedule goes over.</summary>
    public long Steps(long batches) => Math.Min(MaxSteps ?? long.MaxValue, MostEpochs(batches) * PerEpoch(batches));

    /// <summary>The options of a training whose epochs have so many batches.</summary>
    public TrainingOptions Options(long batches) => new()
    {
        Epochs = MostEpochs(batches),
        AccumulateBatches = Accumulate,
        Patience = Patience,
        MaxSteps = MaxSteps,
        MaxTime = MaxMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        MaxGradientNorm = Clip,
        MaxGradientValue = ClipValue,
        AverageDecay = AverageDecay,
        Precision = Precisions.First(p => p.Name == Precision),
        CheckpointEvery = CheckpointEvery,
        SkipNonFinite = SkipNonFinite,
        NanGuard = NanGuard,
    };

    int MostEpochs(long batches) => Epochs ?? (MaxSteps is { } most ? (int)Math.Min(int.MaxValue, ((most - 1) / PerEpoch(batches)) + 1) : UsualEpochs);

    long PerEpoch(long batches) => (batches + Accumulate - 1) / Accumulate;
}
