using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class AdafactorTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Every_step_is_the_published_method_s(bool matrix)
    {
        const int R = 3, C = 4;
        Tensor parameter = new Generator(1).Normal(matrix ? [R, C] : [R * C], dtype: DType.F64).AsParameter("w");
        double[] w = parameter.ToArray<double>(), rows = new double[R], columns = new double[C], square = new double[R * C];
        var adafactor = new Adafactor([parameter], 0.05, 0.1) { ClipThreshold = 0.8 };
        for (int step = 1; step <= 4; step++)
        {
            Tensor gradient = new Generator((ulong)(10 + step)).Normal(parameter.Shape, dtype: DType.F64);
            double[] g = gradient.ToArray<double>(), u = new double[R * C];
            parameter.SetGrad(gradient);
            adafactor.Step();

            double pace = Math.Pow(step, -0.8);
            for (int r = 0; r < R; r++) rows[r] += pace * (Enumerable.Range(0, C).Average(c => g[(r * C) + c] * g[(r * C) + c]) - rows[r]);
            for (int c = 0; c < C; c++) columns[c] += pace * (Enumerable.Range(0, R).Average(r => g[(r * C) + c] * g[(r * C) + c]) - columns[c]);
            for (int i = 0; i < R * C; i++)
            {
                square[i] += pace * ((g[i] * g[i]) - square[i]);
                u[i] = g[i] / Math.Sqrt(matrix ? rows[i / C] * columns[i % C] / rows.Average() : square[i]);
            }

            double length = Math.Max(1e-3, Root(w)) * Math.Min(0.05, 1 / Math.Sqrt(step)) / Math.Max(1, Root(u) / 0.8);
            for (int i = 0; i < R * C; i++) w[i] = (w[i] * (1 - (0.05 * 0.1))) - (length * u[i]);
            Assert.All(w.Zip(parameter.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
        }

        Assert.Equal(matrix ? R + C : R * C, adafactor.State().Where(s => s.Key is "w.rows" or "w.columns" or "w.square").Sum(s => s.Value.Elements));
        Tensor copy = parameter.Detach().Copy().AsParameter("w");
        var resumed = new Adafactor([copy], 0.05, 0.1) { ClipThreshold = 0.8 };
        resumed.LoadState(adafactor.State());
        foreach (Tensor p in (Tensor[])[parameter, copy]) p.SetGrad(new Generator(20).Normal(p.Shape, dtype: DType.F64));
        adafactor.Step();
        resumed.Step();
        Assert.Equal(parameter.ToArray<double>(), copy.ToArray<double>());
    }

    static double Root(double[] x) => Math.Sqrt(x.Average(v => v * v));
}
