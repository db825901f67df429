using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class LionTests
{
    [Fact]
    public void Steps_are_the_sign_of_a_running_mean()
    {
        double[] w = [1, -2, 0.5], m = [0, 0, 0];
        Tensor parameter = Tensor.From(w).AsParameter("w");
        var lion = new Lion([parameter], 0.1, 0.5) { Beta1 = 0.8, Beta2 = 0.9 };
        double[][] gradients = [[3, -0.1, 0], [-1, 0.5, 2], [-4, 0.01, -8]];
        foreach (double[] g in gradients)
        {
            parameter.SetGrad(Tensor.From(g));
            lion.Step();
            for (int i = 0; i < 3; i++)
            {
                w[i] = (w[i] * (1 - (0.1 * 0.5))) - (0.1 * Math.Sign((0.8 * m[i]) + (0.2 * g[i])));
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
            }

            Assert.All(w.Zip(parameter.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-14));
        }
    }
}
