using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

/// <summary>The learning rate over the steps.</summary>
[Family("schedule")]
internal abstract record ScheduleRecipe
{
    [Description("The number of steps of a straight rise to the first rate, before all else.")]
    [AtLeast(0)]
    [AtMost(1e15)]
    public long Warmup { get; init; }

    [Description("The part of the first rate that the rise begins at.")]
    [Above(0)]
    [AtMost(1)]
    public double WarmupStart { get; init; } = 0.001;

    /// <summary>The schedule of a whole training.</summary>
    /// <param name="rate">The optimizer's learning rate.</param>
    /// <param name="steps">How many steps there are.</param>
    /// <exception cref="ArgumentException">The warm-up takes all of them.</exception>
    public Schedule Over(double rate, long steps) => Warmup < steps ? Make(rate, steps - Warmup).WithWarmup(Warmup, WarmupStart)
        : throw new ArgumentException($"schedule: the warm-up must be shorter than the training, but it is {Warmup} steps of {steps}. Hint: schedule.warmup counts steps of the optimizer.");

    protected abstract Schedule Make(double rate, long steps);
}
