namespace Adjoint.Optim;

/// <summary>Applies a <see cref="Schedule"/> to an optimizer: one <see cref="Step"/> after each of the optimizer's.</summary>
/// <remarks>Each group's schedule starts from the rate the group had when this was made; the rate for step 0 is set at once. Where a schedule brings its own rates, groups differ by their <see cref="ParameterGroup.RateFactor"/>.</remarks>
[PyTorch("torch.optim.lr_scheduler.LRScheduler.step", Differs = "A schedule is a value without memory; this applies it to an optimizer. One step after each of the optimizer's.")]
public sealed class LearningRateSchedule
{
    readonly Optimizer _optimizer;
    readonly Schedule _schedule;
    readonly double[] _rates;
    long _position;

    /// <summary>Begins the schedule, or goes on with it at a position.</summary>
    /// <param name="optimizer">Whose learning rates are set.</param>
    /// <param name="schedule">The rates.</param>
    /// <param name="position">How many steps were taken before.</param>
    public LearningRateSchedule(Optimizer optimizer, Schedule schedule, long position = 0)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(schedule);
        (_optimizer, _schedule) = (optimizer, schedule);
        _rates = [.. optimizer.Groups.Select(g => g.CommonRate)];
        Position = position;
    }

    /// <summary>How many steps were taken; setting it sets the rates, which is all that a resume needs.</summary>
    public long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
            for (int i = 0; i < _rates.Length; i++) _optimizer.Groups[i].CommonRate = _schedule.At(value, _rates[i]);
        }
    }

    /// <summary>Sets the rates for the next step.</summary>
    public void Step() => Position++;
}
