using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>Twelve steps on ½Σa(w−b)² + 0.1·Σ sin 3w, weight by weight as an independent framework takes them.</summary>
/// <remarks>NAdam has tests of its own: the framework's version then deviates from the paper.</remarks>
public class OptimizerGoldenTests
{
    static readonly Dictionary<string, Func<Tensor[], Optimizer>> Cases = new()
    {
        ["SGD"] = p => new Sgd(p, 0.05),
        ["SGD#momentum"] = p => new Sgd(p, 0.05, 0.01) { Momentum = 0.9 },
        ["SGD#nesterov"] = p => new Sgd(p, 0.05) { Momentum = 0.9, Nesterov = true },
        ["SGD#dampening"] = p => new Sgd(p, 0.05) { Momentum = 0.8, Dampening = 0.3 },
        ["Adam"] = p => new Adam(p, 0.1),
        ["Adam#amsgrad"] = p => new Adam(p, 0.1, 0.01) { AmsGrad = true },
        ["AdamW"] = p => new AdamW(p, 0.1, 0.1) { Beta1 = 0.8, Beta2 = 0.95 },
        ["RMSprop"] = p => new RmsProp(p, 0.05),
        ["RMSprop#centered"] = p => new RmsProp(p, 0.05) { Centered = true, Momentum = 0.5 },
        ["Adagrad"] = p => new Adagrad(p, 0.2),
        ["Adadelta"] = p => new Adadelta(p, 1),
        ["Adamax"] = p => new Adamax(p, 0.1),
        ["RAdam"] = p => new RAdam(p, 0.1),
        ["Rprop"] = p => new Rprop(p, 0.05),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Every_step_is_the_published_method_s(string name)
    {
        double[] start = Trajectory.Values($"optim_{name}/w0"), expected = Trajectory.Values($"optim_{name}/trajectory");
        Tensor w = Tensor.From(start).AsParameter("w");
        Optimizer optimizer = Cases[name]([w]);
        Assert.Equal(12 * start.Length, expected.Length);
        for (int step = 0; step < 12; step++)
        {
            Descend(optimizer, w, name);
            Assert.All(w.ToArray<double>().Zip(expected[(step * start.Length)..]), p => Assert.Equal(p.Second, p.First, 1e-9));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_resume_goes_on_as_if_nothing_had_happened(string name)
    {
        double[] start = Trajectory.Values($"optim_{name}/w0"), expected = Trajectory.Values($"optim_{name}/trajectory");
        Tensor w = Tensor.From(start).AsParameter("w");
        Optimizer first = Cases[name]([w]);
        for (int step = 0; step < 5; step++) Descend(first, w, name);

        Tensor copy = w.Detach().Copy().AsParameter("w");
        Optimizer second = Cases[name]([copy]);
        second.LoadState(first.State());
        Assert.Equal(5, second.Steps);
        for (int step = 5; step < 12; step++) Descend(second, copy, name);
        Assert.All(copy.ToArray<double>().Zip(expected[(11 * start.Length)..]), p => Assert.Equal(p.Second, p.First, 1e-9));
    }

    [Theory, MemberData(nameof(Names))]
    public void Single_and_half_precision_follow_within_their_rounding(string name)
    {
        double[] start = Trajectory.Values($"optim_{name}/w0"), expected = Trajectory.Values($"optim_{name}/trajectory");
        foreach ((DType dtype, double tolerance) in new[] { (DType.F32, 2e-5), (DType.BF16, 0.15) })
        {
            Tensor w = Tensor.From(start).To(dtype).AsParameter("w");
            Optimizer optimizer = Cases[name]([w]);
            for (int step = 0; step < 12; step++) Descend(optimizer, w, name);
            Assert.All(w.Detach().To(DType.F64).ToArray<double>().Zip(expected[(11 * start.Length)..]), p => Assert.Equal(p.Second, p.First, tolerance));
        }
    }

    static void Descend(Optimizer optimizer, Tensor w, string name)
    {
        double[] a = Trajectory.Values($"optim_{name}/a"), b = Trajectory.Values($"optim_{name}/b"), x = w.Detach().To(DType.F64).ToArray<double>();
        double[] gradient = [.. x.Select((v, i) => (a[i] * (v - b[i])) + (0.3 * Math.Cos(3 * v)))];
        w.SetGrad(Tensor.From(gradient).To(w.DType));
        optimizer.Step();
        optimizer.ZeroGrad();
    }
}
