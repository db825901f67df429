namespace Adjoint.Optim;

/// <summary>The learning rate as a function of the step: a value without memory, so that a resume needs the step alone.</summary>
[PyTorch("torch.optim.lr_scheduler.LambdaLR", "torch.optim.lr_scheduler.MultiplicativeLR", Differs = "A record of your own with the one method `At`.", Use = "record Mine : Schedule")]
public abstract record Schedule
{
    /// <summary>The learning rate in force at a step.</summary>
    /// <param name="step">How many steps were taken before, from 0.</param>
    /// <param name="rate">The learning rate that the schedule starts from; some schedules bring their own instead.</param>
    public abstract double At(long step, double rate);

    /// <summary>This schedule for a number of steps, then another one, which begins at its own step 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is negative.</exception>
    [PyTorch("torch.optim.lr_scheduler.SequentialLR")]
    public Schedule Then(long steps, Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        return new Succession(this, steps, next);
    }

    /// <summary>A straight rise to this schedule's first rate, then this schedule from its own step 0.</summary>
    /// <param name="steps">The number of steps of the rise.</param>
    /// <param name="startFactor">The part of the first rate that the rise begins at.</param>
    [NotInPyTorch("A straight rise before a schedule.")]
    public Schedule WithWarmup(long steps, double startFactor = 0.001) => steps == 0 ? this : new Warmup(steps, startFactor, this).Then(steps, this);

    sealed record Succession(Schedule First, long Steps, Schedule Next) : Schedule
    {
        public override double At(long step, double rate) => step < Steps ? First.At(step, rate) : Next.At(step - Steps, rate);
    }

    // The goal is what comes next and not the base rate: a schedule may bring its own.
    sealed record Warmup(long Steps, double StartFactor, Schedule Goal) : Schedule
    {
        public override double At(long step, double rate) => new LinearRate(Steps, StartFactor).At(step, Goal.At(0, rate));
    }
}
