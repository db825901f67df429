using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.FineTuning;

/// <summary>What is fine-tuned, on what, and how.</summary>
/// <param name="Model">The model's path.</param>
/// <param name="Data">The text's file.</param>
/// <param name="Adapters">What the adapters are like.</param>
internal sealed record FineTuningSettings(string Model, string Data, AdapterWords Adapters)
{
    const int EpochsByDefault = 3;

    public string? Tokenizer { get; init; }

    /// <summary>The folder for the results.</summary>
    public string? Out { get; init; }

    public int? Steps { get; init; }

    public int? Epochs { get; init; }

    /// <summary>Rows of a step.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>The tokens of a row; 128, or the model's context where that is shorter, when not given.</summary>
    public int? Context { get; init; }

    public double? LearningRate { get; init; }

    public string Schedule { get; init; } = "cosine";

    /// <summary>Steps of the rise before the schedule; a twentieth of all when not given.</summary>
    public int? Warmup { get; init; }

    public double Clip { get; init; } = 1;

    public double HeldOut { get; init; } = 0.1;

    public ulong Seed { get; init; } = 1;

    public Precision Precision { get; init; } = Precision.Float32;

    public QuantizationFormat? Quantized { get; init; }

    /// <summary>A file for the results as JSON.</summary>
    public string? Json { get; init; }

    /// <summary>How many steps and epochs there are, an epoch having so many steps.</summary>
    public (long Steps, int Epochs) Length(long stepsOfEpoch)
    {
        long steps = Math.Min(Steps ?? long.MaxValue, stepsOfEpoch * (Epochs ?? (Steps is null ? EpochsByDefault : int.MaxValue)));
        return (steps, (int)((steps + stepsOfEpoch - 1) / stepsOfEpoch));
    }

    /// <summary>Steps of the rise: one is always left for what comes after it.</summary>
    public long Rise(long steps) => Math.Min(Warmup ?? (steps / 20), steps - 1);

    /// <summary>The learning rate over the steps.</summary>
    public Schedule Over(long steps)
    {
        long rise = Rise(steps), rest = steps - rise;
        Schedule after = Schedule switch
        {
            "constant" => new ConstantRate(),
            "linear" => new LinearRate(rest, 1, 0),
            _ => new Cosine(rest),
        };
        return after.WithWarmup(rise);
    }

    /// <summary>The rate for a model of a width, where none is given: small models take, and need, larger ones.</summary>
    /// <remarks>Source: Schulman and Thinking Machines 2025, "LoRA Without Regret": 10 · 5e-5 · (2000/width)^0.781 for Llamas.</remarks>
    public static double RateFor(long width) => 5e-4 * Math.Pow(2000.0 / width, 0.781);
}
