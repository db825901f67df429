using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class ScheduleTests
{
    static readonly Dictionary<string, Schedule> Cases = new()
    {
        ["StepLR"] = new StepDecay(7, 0.5),
        ["MultiStepLR"] = new MultiStep(0.3, 4, 9, 20),
        ["ExponentialLR"] = new Exponential(0.9),
        ["CosineAnnealingLR"] = new Cosine(20, 0.01),
        ["CosineAnnealingWarmRestarts"] = new CosineWarmRestarts(6, 2),
        ["OneCycleLR"] = new OneCycle(0.5, 31),
        ["LinearLR"] = new LinearRate(9, 0.2),
        ["PolynomialLR"] = new Polynomial(20, 2),
        ["CyclicLR"] = new Cyclic(0.01, 0.2, 5),     // the case's own lowest rate, as its first value shows
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Rates_agree_with_an_independent_framework(string name)
    {
        double[] expected = Trajectory.Values($"sched_{name}/lr");
        Assert.Equal(30, expected.Length);
        for (int step = 0; step < 30; step++) Assert.Equal(expected[step], Cases[name].At(step, 0.1), 1e-12);
    }

    [Fact]
    public void Warmup_rises_to_the_first_rate_and_hands_over()
    {
        Schedule schedule = new Cosine(10).WithWarmup(4, 0.2);
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1.0], Enumerable.Range(0, 5).Select(s => Math.Round(schedule.At(s, 1), 12)));
        Assert.Equal(new Cosine(10).At(3, 1), schedule.At(7, 1), 1e-15);
        Assert.Same(schedule, schedule.WithWarmup(0));
    }

    [Fact]
    public void Schedules_follow_each_other()
    {
        Schedule schedule = new Exponential(0.5).Then(3, new ConstantRate(0.01));
        Assert.Equal([1, 0.5, 0.25, 0.01, 0.01], Enumerable.Range(0, 5).Select(s => schedule.At(s, 1)));
    }

    [Fact]
    public void Cycles_shrink_as_asked()
    {
        var halving = new Cyclic(0, 1, 2) { CycleFactor = 0.5 };
        Assert.Equal([0, 0.5, 1, 0.5, 0, 0.25, 0.5, 0.25, 0], Enumerable.Range(0, 9).Select(s => halving.At(s, 7)));
        Assert.Equal([0, 1, 0.75, 0.5, 0.25, 0], Enumerable.Range(0, 6).Select(s => new Cyclic(0, 1, 1, 4).At(s, 7)));
    }

    [Fact]
    public void An_applied_schedule_sets_every_group_s_rate_from_its_own()
    {
        Tensor a = Tensor.Zeros([1]).AsParameter("a"), b = Tensor.Zeros([1]).AsParameter("b");
        var optimizer = new Sgd([new ParameterGroup([a]), new ParameterGroup([b]) { LearningRate = 0.01 }], 1);
        var schedule = new LearningRateSchedule(optimizer, new StepDecay(2, 0.1));
        schedule.Step();
        Assert.Equal([1, 0.01], optimizer.Groups.Select(g => g.LearningRate));
        schedule.Step();
        Assert.Equal([0.1, 0.001], optimizer.Groups.Select(g => Math.Round(g.LearningRate, 12)));
        schedule.Position = 0;
        Assert.Equal([1, 0.01], optimizer.Groups.Select(g => g.LearningRate));
    }
}
