using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class ReduceOnPlateauTests
{
    static Sgd Optimizer() => new([Tensor.Zeros([1]).AsParameter("w")], 1);

    static double[] Rates(ReduceOnPlateau plateau, Sgd optimizer, params ReadOnlySpan<double> measures)
    {
        var rates = new List<double>();
        foreach (double measure in measures)
        {
            plateau.Step(measure);
            rates.Add(optimizer.LearningRate);
        }

        return [.. rates];
    }

    [Fact]
    public void Rates_fall_after_more_than_the_patience_without_progress()
    {
        Sgd optimizer = Optimizer();
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25], Rates(new(optimizer, 0.5, 2), optimizer, 3, 3, 3, 2.9999, 3, 3, 3));
    }

    [Fact]
    public void Progress_begins_the_count_anew_and_the_floor_holds()
    {
        Sgd optimizer = Optimizer();
        Assert.Equal([1, 1, 1, 0.3, 0.3], Rates(new(optimizer, 0.1, 0) { Floor = 0.3 }, optimizer, 3, 2, 1, 1, double.NaN));
    }

    [Fact]
    public void A_cooldown_is_not_counted()
    {
        Sgd optimizer = Optimizer();
        Assert.Equal([1, 0.5, 0.5, 0.5, 0.25], Rates(new(optimizer, 0.5, 0) { Cooldown = 2 }, optimizer, 3, 3, 3, 3, 3));
    }

    [Fact]
    public void Higher_can_be_better_and_a_threshold_a_difference()
    {
        Sgd optimizer = Optimizer();
        var plateau = new ReduceOnPlateau(optimizer, 0.5, 0) { HigherIsBetter = true, IsAbsolute = true, Threshold = 0.1 };
        Assert.Equal([1, 1, 0.5, 0.5], Rates(plateau, optimizer, 0.5, 0.7, 0.75, 0.85));
    }

    [Fact]
    public void A_resume_needs_the_state()
    {
        Sgd first = Optimizer(), second = Optimizer();
        var plateau = new ReduceOnPlateau(first, 0.5, 2);
        Rates(plateau, first, 3, 3, 3);
        var resumed = new ReduceOnPlateau(second, 0.5, 2) { State = plateau.State };
        Assert.True(resumed.Step(3));
        Assert.Equal(0.5, second.LearningRate);
    }
}
