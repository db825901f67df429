namespace Adjoint.Training;

/// <summary>How long and how carefully to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Stop after this many steps of the optimizer, wherever in an epoch that is; null sets no limit. What was begun is judged like a whole epoch.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>Stop after the step during which this much time is over, that of resumed trainings added up; null sets no limit.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Whether to leave out steps whose loss or gradients are not finite, at most <see cref="MostSkipped"/> in a row, instead of ending the training; weights and optimizer stay as they are then.</summary>
    public bool SkipNonFinite { get; init; }

    /// <summary>How many steps in a row may be left out by <see cref="SkipNonFinite"/>.</summary>
    public const int MostSkipped = 10;

    /// <summary>Stop after this many epochs without a better validation score; null never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>Rescale gradients whose common norm is above this; null leaves them.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Limit every element of every gradient to ± this, before <see cref="MaxGradientNorm"/>; null leaves them.</summary>
    public double? MaxGradientValue { get; init; }

    /// <summary>Whether to stop at the first operation, gradient or step that makes NaN or an infinity, and to say where (<see cref="Adjoint.NanGuard"/>); costs a reading of memory for each operation.</summary>
    public bool NanGuard { get; init; }

    /// <summary>In which types the model computes; F32 parameters stay F32. With <see cref="Adjoint.Precision.Float16Mixed"/> losses are scaled (<see cref="Optim.LossScaler"/>), and steps whose gradients overflow are left out.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>How many of the loader's batches make one step of the optimizer, whose gradient is that of all of them together; 1 at first.</summary>
    /// <remarks>Batches count by the weight of their loss, see <see cref="Optim.GradientAccumulation"/>. The last step of an epoch may have fewer.</remarks>
    public int AccumulateBatches { get; init; } = 1;

    /// <summary>Judge and keep averages of the weights (<see cref="Optim.ExponentialMovingAverage"/>, with its warm-up) of this decay instead of the weights; null does without.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Where the model is written whenever it is the best so far, in the safetensors format; null writes nothing.</summary>
    /// <remarks>The name never refers to half a file: see <see cref="ModelFile"/>.</remarks>
    public string? BestModel { get; init; }

    /// <summary>Free text for the header of <see cref="BestModel"/>.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Where the training is saved at every epoch's end and when it is cancelled; null saves nothing.</summary>
    public Checkpoints? Checkpoints { get; init; }

    /// <summary>Save after every this many steps of the optimizer too; null only at epochs' ends.</summary>
    public long? CheckpointEvery { get; init; }

    /// <summary>Whether to go on from the newest of <see cref="Checkpoints"/>, if there is one: losses and weights are then those of a training that was never interrupted, to the bit.</summary>
    /// <remarks>Model, optimizer, schedule, loader and options must be made as they were the first time.</remarks>
    public bool Resume { get; init; }

    /// <summary>Who takes part, called in this order: a <see cref="TrainingWatch"/>, loggers, rules of your own.</summary>
    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];

    internal void Check(bool validated)
    {
        if (Epochs < 1) throw new ArgumentException($"training: epochs must be at least 1, but it is {Epochs}.");
        if (MaxSteps is < 1) throw new ArgumentException($"training: at least one step must be allowed, but maxSteps is {MaxSteps}.");
        if (MaxTime is { } time && time <= TimeSpan.Zero) throw new ArgumentException($"training: some time must be allowed, but maxTime is {time}.");
        if (AccumulateBatches < 1) throw new ArgumentException($"training: a step is made of at least one batch, but accumulateBatches is {AccumulateBatches}.");
        if (Patience is < 1) throw new ArgumentException($"training: patience must be at least 1, but it is {Patience}.");
        if (Patience is not null && !validated) throw new ArgumentException($"training: stopping early needs validation data, but patience is {Patience} and there is none.");
        if (MaxGradientNorm is { } norm && !(norm > 0)) throw new ArgumentException(FormattableString.Invariant($"training: the largest gradient norm must be above 0, but it is {norm}."));
        if (MaxGradientValue is { } value && !(value > 0)) throw new ArgumentException(FormattableString.Invariant($"training: the largest gradient value must be above 0, but it is {value}."));
        if (CheckpointEvery is < 1) throw new ArgumentException($"training: checkpoints are at least one step apart, but checkpointEvery is {CheckpointEvery}.");
        if (Checkpoints is null && (Resume || CheckpointEvery is not null)) throw new ArgumentException($"training: {(Resume ? "resume" : "checkpointEvery")} needs checkpoints, but there are none. Hint: Checkpoints = new(folder).");
        if (Checkpoints is not null && !Resume && Checkpoints.Paths is [var newest, ..]) throw new ArgumentException($"training: a new training's checkpoints go into a folder that holds none, but there is '{newest}'. Hint: Resume = true goes on from it.");
    }
}
