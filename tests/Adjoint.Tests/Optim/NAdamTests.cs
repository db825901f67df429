using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>
/// The framework behind the golden values multiplied Πₜ₊₁ by μₜ once too often (it was corrected in later versions). So the
/// method is written down here plainly: with that factor it must give the golden values, without it what the optimizer does.
/// </summary>
public class NAdamTests
{
    const string Case = "optim_NAdam";
    static readonly double[] A = Trajectory.Values($"{Case}/a"), B = Trajectory.Values($"{Case}/b"), Start = Trajectory.Values($"{Case}/w0");

    [Fact]
    public void The_plain_method_explains_the_golden_values()
    {
        double[][] steps = [.. Plainly(extraFactor: true)];
        Assert.All(steps.SelectMany(w => w).Zip(Trajectory.Values($"{Case}/trajectory")), p => Assert.Equal(p.Second, p.First, 1e-9));
    }

    [Fact]
    public void The_optimizer_follows_the_paper()
    {
        Tensor w = Tensor.From(Start).AsParameter("w");
        Tensor[] parameters = [w];
        var optimizer = new NAdam(parameters, 0.1);
        foreach (double[] expected in Plainly(extraFactor: false))
        {
            w.SetGrad(Tensor.From(Gradient(w.ToArray<double>())));
            optimizer.Step();
            Assert.All(w.ToArray<double>().Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-12));
        }
    }

    static double[] Gradient(double[] w) => [.. w.Select((v, i) => (A[i] * (v - B[i])) + (0.3 * Math.Cos(3 * v)))];

    static IEnumerable<double[]> Plainly(bool extraFactor)
    {
        const double Rate = 0.1, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, Decay = 4e-3;
        double[] w = [.. Start], m = new double[w.Length], v = new double[w.Length];
        double product = 1;
        for (int t = 1; t <= 12; t++)
        {
            double mu = Beta1 * (1 - (0.5 * Math.Pow(0.96, t * Decay))), next = Beta1 * (1 - (0.5 * Math.Pow(0.96, (t + 1) * Decay)));
            product *= mu;
            double after = product * next * (extraFactor ? mu : 1);
            double[] g = Gradient(w);
            for (int i = 0; i < w.Length; i++)
            {
                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g[i]);
                v[i] = (Beta2 * v[i]) + ((1 - Beta2) * g[i] * g[i]);
                double under = Math.Sqrt(v[i] / (1 - Math.Pow(Beta2, t))) + Epsilon;
                w[i] -= Rate * (((1 - mu) / (1 - product) * g[i]) + (next / (1 - after) * m[i])) / under;
            }

            yield return [.. w];
        }
    }
}
