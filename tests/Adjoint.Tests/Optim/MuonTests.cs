using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class MuonTests
{
    static Tensor Draw(ulong seed, Shape shape) => new Generator(seed).Normal(shape, dtype: DType.F64);

    [Theory, InlineData(5, 3), InlineData(3, 5), InlineData(4, 4)]
    public void A_first_step_is_close_to_the_orthogonal_factor(long rows, long columns)
    {
        Tensor w = Tensor.Zeros([rows, columns], DType.F64).AsParameter("w"), g = Draw(1, [rows, columns]);
        w.SetGrad(g);
        // These coefficients converge to singular values of exactly 1 where the usual ones only come near.
        new Muon([w], 1, 0) { Coefficients = (1.875, -1.25, 0.375), Iterations = 40 }.Step();
        Tensor o = w.Detach() * (-1 / Math.Sqrt(Math.Max(1, (double)rows / columns)));
        Tensor gram = rows > columns ? o.T.MatMul(o) : o.MatMul(o.T);
        Assert.All(gram.ToArray<double>().Zip(Tensor.Eye(Math.Min(rows, columns), dtype: DType.F64).ToArray<double>()), p => Assert.Equal(p.Second, p.First, 1e-9));
        // O = U·Vᵀ of the gradient: Oᵀ·G is symmetric.
        Tensor product = rows > columns ? o.T.MatMul(g) : o.MatMul(g.T);
        Assert.All(product.ToArray<double>().Zip(product.T.ToArray<double>()), p => Assert.Equal(p.Second, p.First, 1e-9));
    }

    [Fact]
    public void The_usual_coefficients_bring_singular_values_near_1()
    {
        Tensor w = Tensor.Zeros([16, 16]).AsParameter("w");
        w.SetGrad(new Generator(3).Normal([16, 16]));
        new Muon([w], 1, 0).Step();
        double norm = Math.Sqrt(w.Detach().Square().Sum().Item());
        Assert.InRange(norm, 0.6 * 4, 1.3 * 4);
    }

    [Fact]
    public void Momentum_decay_and_length_are_as_documented()
    {
        Tensor w = Draw(1, [1, 4]).AsParameter("w");
        double[] start = w.ToArray<double>(), g = [1, 2, -2, 4];
        w.SetGrad(Tensor.From(g, [1, 4]));
        // A single row has one singular value: one step of the iteration is a number, a + b + c.
        new Muon([w], 0.1, 0.5) { Iterations = 1, Coefficients = (2, -1.5, 0.5), MatchAdam = true, Nesterov = false }.Step();
        double[] expected = [.. start.Select((v, i) => (v * 0.95) - (0.1 * 0.2 * 2 * g[i] / 5))];
        Assert.All(expected.Zip(w.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-14));
    }

    [Fact]
    public void Vectors_are_refused() => Assert.Equal("muon: parameters must be matrices, but 'bias' is [3]. Hint: train it with AdamW.",
        Assert.Throws<ShapeException>(() => new Muon([Tensor.Zeros([3]).AsParameter("bias")])).Message);
}
