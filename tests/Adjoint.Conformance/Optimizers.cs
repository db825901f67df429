using Adjoint.Optim;

namespace Adjoint.Conformance;

/// <summary>Trajectories: each step minimises ½Σ a(w−b)² + 0.1·Σ sin 3w from w₀ on.</summary>
static class Optimizers
{
    static readonly Dictionary<string, Func<Tensor[], Settings, Optimizer>> Table = new()
    {
        ["SGD"] = (w, s) => new Sgd(w, s.Number("lr", 1e-3), Decay(s, 0)) { Momentum = s.Number("momentum", 0), Dampening = s.Number("dampening", 0), Nesterov = s.Flag("nesterov", false) },
        ["Adam"] = (w, s) => new Adam(w, s.Number("lr", 1e-3), Decay(s, 0)) { Beta1 = Beta(s, 0), Beta2 = Beta(s, 1), Epsilon = s.Number("eps", 1e-8), AmsGrad = s.Flag("amsgrad", false) },
        ["AdamW"] = (w, s) => new AdamW(w, s.Number("lr", 1e-3), Decay(s, 1e-2)) { Beta1 = Beta(s, 0), Beta2 = Beta(s, 1), Epsilon = s.Number("eps", 1e-8), AmsGrad = s.Flag("amsgrad", false) },
        ["RMSprop"] = (w, s) => new RmsProp(w, s.Number("lr", 1e-2), Decay(s, 0)) { Alpha = s.Number("alpha", 0.99), Epsilon = s.Number("eps", 1e-8), Momentum = s.Number("momentum", 0), Centered = s.Flag("centered", false) },
        ["Adagrad"] = (w, s) => new Adagrad(w, s.Number("lr", 1e-2), Decay(s, 0)) { LearningRateDecay = s.Number("lr_decay", 0), InitialSum = s.Number("initial_accumulator_value", 0), Epsilon = s.Number("eps", 1e-10) },
        ["Adadelta"] = (w, s) => new Adadelta(w, s.Number("lr", 1), Decay(s, 0)) { Rho = s.Number("rho", 0.9), Epsilon = s.Number("eps", 1e-6) },
        ["Adamax"] = (w, s) => new Adamax(w, s.Number("lr", 2e-3), Decay(s, 0)) { Beta1 = Beta(s, 0), Beta2 = Beta(s, 1), Epsilon = s.Number("eps", 1e-8) },
        ["NAdam"] = (w, s) => new NAdam(w, s.Number("lr", 2e-3), Decay(s, 0)) { Beta1 = Beta(s, 0), Beta2 = Beta(s, 1), Epsilon = s.Number("eps", 1e-8), MomentumDecay = s.Number("momentum_decay", 4e-3), ExtraMomentum = IsBeforeTheCorrection(s) },
        ["RAdam"] = (w, s) => new RAdam(w, s.Number("lr", 1e-3), Decay(s, 0)) { Beta1 = Beta(s, 0), Beta2 = Beta(s, 1), Epsilon = s.Number("eps", 1e-8) },
        ["Rprop"] = (w, s) => new Rprop(w, s.Number("lr", 1e-2)) { Shrink = At(s, "etas", 0, 0.5), Grow = At(s, "etas", 1, 1.2), Shortest = At(s, "step_sizes", 0, 1e-6), Longest = At(s, "step_sizes", 1, 50) },
        ["LBFGS"] = (w, s) => new Lbfgs(w, s.Number("lr", 1))
        {
            MaxIterations = s.Integer("max_iter", 20), MaxEvaluations = s.Has("max_eval") ? s.Integer("max_eval", 0) : null, GradientTolerance = s.Number("tolerance_grad", 1e-7),
            ChangeTolerance = s.Number("tolerance_change", 1e-9), HistorySize = s.Integer("history_size", 100), LineSearch = s.Text("line_search_fn", "none") == "strong_wolfe" ? LineSearch.StrongWolfe : LineSearch.None,
        },
        ["Adafactor"] = (w, s) => new Adafactor(w, s.Number("lr", 1e-2), Decay(s, 0)) { Decay = s.Number("beta2_decay", -0.8), ClipThreshold = s.Number("d", 1) },
        ["Lion"] = (w, s) => new Lion(w, s.Number("lr", 1e-4), Decay(s, 0)) { Beta1 = Beta(s, 0), Beta2 = At(s, "betas", 1, 0.99) },
    };

    public static double Run(string rule, Case @case, Runner runner)
    {
        if (!Table.TryGetValue(rule, out Func<Tensor[], Settings, Optimizer>? make)) throw new SkippedException($"optimizer '{rule}'");
        Settings s = @case.Settings.Ignore("foreach", "fused", "capturable", "differentiable");
        Tensor w = runner.Load(@case.Inputs[0].Key).Copy().AsParameter("w"), a = runner.Load(@case.Inputs[1].Key), b = runner.Load(@case.Inputs[2].Key);
        Optimizer optimizer = make([w], s);
        double sign = s.Flag("maximize", false) ? -1 : 1;
        if (s.Unread.FirstOrDefault() is { } unread) throw new SkippedException($"setting '{unread}' of optimizer '{rule}'");

        long steps = runner.Load(@case.Outputs[0]).Shape[0];
        var trajectory = new List<Tensor>();
        for (long step = 0; step < steps; step++)
        {
            Tensor Objective() => sign * ((0.5 * (a * (w - b).Square()).Sum()) + (0.1 * (3 * w).Sin().Sum()));
            if (optimizer is Lbfgs evaluating) evaluating.Step(Objective);
            else
            {
                Objective().Backward();
                optimizer.Step();
            }

            optimizer.ZeroGrad();
            trajectory.Add(w.Detach().Copy());
        }

        return runner.Error(Tensor.Stack(trajectory.ToArray()), @case.Outputs[0]);
    }

    static double Decay(Settings s, double otherwise) => s.Number("weight_decay", otherwise);

    static double Beta(Settings s, int index) => At(s, "betas", index, index == 0 ? 0.9 : 0.999);

    static double At(Settings s, string name, int index, double otherwise) => s.Has(name) ? s.Numbers(name)[index] : otherwise;

    // That framework's NAdam was corrected in its second major version.
    static bool IsBeforeTheCorrection(Settings s) => s.Source.Contains("torch 1.", StringComparison.Ordinal);
}
