using Adjoint.Optim;

namespace Adjoint.Conformance;

/// <summary>Learning rates in force, step by step, of an SGD that starts with <c>base_lr</c>.</summary>
static class Schedules
{
    static readonly Dictionary<string, Func<Settings, double, Schedule>> Table = new()
    {
        ["ConstantLR"] = (s, _) => new ConstantRate(s.Number("factor", 1.0 / 3)).Then(s.Integer("total_iters", 5), new ConstantRate()),
        ["LinearLR"] = (s, _) => new LinearRate(s.Integer("total_iters", 5), s.Number("start_factor", 1.0 / 3), s.Number("end_factor", 1)),
        ["StepLR"] = (s, _) => new StepDecay(s.Integer("step_size", 1), s.Number("gamma", 0.1)),
        ["MultiStepLR"] = (s, _) => new MultiStep(s.Number("gamma", 0.1), s.Longs("milestones")),
        ["ExponentialLR"] = (s, _) => new Exponential(s.Number("gamma", 1)),
        ["PolynomialLR"] = (s, _) => new Polynomial(s.Integer("total_iters", 5), s.Number("power", 1)),
        ["CosineAnnealingLR"] = (s, _) => new Cosine(s.Integer("T_max", 1), s.Number("eta_min", 0)),
        ["CosineAnnealingWarmRestarts"] = (s, _) => new CosineWarmRestarts(s.Integer("T_0", 1), s.Integer("T_mult", 1), s.Number("eta_min", 0)),
        ["OneCycleLR"] = (s, _) => new OneCycle(s.Number("max_lr", 1), s.Has("total_steps") ? s.Integer("total_steps", 1) : s.Integer("epochs", 1) * s.Integer("steps_per_epoch", 1))
        {
            Rise = s.Number("pct_start", 0.3),
            StartDivisor = s.Number("div_factor", 25),
            EndDivisor = s.Number("final_div_factor", 1e4),
            ThreePhases = s.Flag("three_phase", false),
            Straight = s.Text("anneal_strategy", "cos") == "linear",
        },
        ["CyclicLR"] = (s, first) => new Cyclic(first, s.Number("max_lr", 1), s.Integer("step_size_up", 2000), s.Has("step_size_down") ? s.Integer("step_size_down", 2000) : null)
        {
            CycleFactor = s.Text("mode", "triangular") == "triangular2" ? 0.5 : 1,
            StepFactor = s.Text("mode", "triangular") == "exp_range" ? s.Number("gamma", 1) : 1,
        },
    };

    public static double Run(string name, Case @case, Runner runner)
    {
        if (!Table.TryGetValue(name, out Func<Settings, double, Schedule>? make)) throw new SkippedException($"schedule '{name}'");
        Settings s = @case.Settings.Ignore("cycle_momentum", "base_momentum", "max_momentum", "scale_mode", "gamma", "last_epoch", "verbose");
        double[] expected = Plain.From(runner.Load(@case.Outputs[0])).Values;
        // A cyclic schedule's lowest rate has the same name as the SGD's rate, which takes its place in the file; what is
        // left of it is the first rate in force.
        Schedule schedule = make(s, expected[0]);
        Tensor[] parameters = [Tensor.Zeros([1]).AsParameter("w")];
        var optimizer = new Sgd(parameters, s.Number("base_lr", 0.1));
        var applied = new LearningRateSchedule(optimizer, schedule);
        if (s.Unread.FirstOrDefault() is { } unread) throw new SkippedException($"setting '{unread}' of schedule '{name}'");

        double[] rates = new double[expected.Length];
        for (int step = 0; step < rates.Length; step++, applied.Step()) rates[step] = optimizer.LearningRate;
        return runner.Error(Tensor.From(rates), @case.Outputs[0]);
    }
}
