using Xunit;

namespace Adjoint.Tests.Autograd.Transforms;

/// <summary>Expressions drawn at random: every order of transforms gives the same numbers, and finite differences agree.</summary>
public class RandomExpressionTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 25).Select(i => (ulong)i)];

    [Theory, MemberData(nameof(Seeds))]
    public void Transforms_agree_with_each_other_and_with_finite_differences(ulong seed)
    {
        using Scope scope = Scope.Begin("test");
        var random = new Generator(seed);
        Tensor xs = random.Normal([3, 4], dtype: DType.F64), vs = random.Normal([3, 4], dtype: DType.F64);
        Func<Tensor, Tensor> f = Expression(random);
        Func<Tensor, Tensor> slope = Transform.Grad(f);
        Tensor x = xs.Select(0, 0), v = vs.Select(0, 0), g = slope(x);

        const double Step = 1e-5;
        Near(((f(x + (v * Step)) - f(x - (v * Step))) / (2 * Step)).Item(), (g * v).Sum().Item(), 1e-7);
        Near((g * v).Sum(), Transform.Jvp(f, x, v).Tangent, 1e-11);

        Tensor h = Transform.Hessian(f)(x);
        Near((slope(x + (v * Step)) - slope(x - (v * Step))) / (2 * Step), h.MatMul(v), 1e-6);
        Near(h, h.T, 1e-10);
        Near(h.MatMul(v), Transform.Hvp(f, x, v), 1e-10);
        Near(h.MatMul(v), Transform.Jvp(slope, x, v).Tangent, 1e-10);
        Near(h.MatMul(v), Transform.Grad(t => (slope(t) * v).Sum())(x), 1e-10);

        Near(Loop(f, xs), Transform.Vmap(f)(xs), 1e-11);
        Near(Loop(slope, xs), Transform.Vmap(slope)(xs), 1e-11);
        Near(Loop(slope, xs), Transform.Grad(all => Transform.Vmap(f)(all).Sum())(xs), 1e-11);
        Near(Loop(Transform.Hessian(f), xs), Transform.Vmap(Transform.Hessian(f))(xs), 1e-10);
        Near(Tensor.Stack([.. xs.Unbind().Zip(vs.Unbind()).Select(p => Transform.Hvp(f, p.First, p.Second))]), Transform.Vmap((a, b) => Transform.Hvp(f, a, b))(xs, vs), 1e-10);
        Near(Transform.Vmap(t => Transform.Vmap(s => f(t * s))(vs))(xs), Tensor.Stack([.. xs.Unbind().Select(t => Loop(s => f(t * s), vs))]), 1e-11);
    }

    static Tensor Loop(Func<Tensor, Tensor> f, Tensor xs) => Tensor.Stack([.. xs.Unbind().Select(f)]);

    /// <summary>A few steps from [4] to [4], smooth and of moderate size, and a sum.</summary>
    static Func<Tensor, Tensor> Expression(Generator random)
    {
        Tensor w = random.Normal([4, 4], 0, 0.5, DType.F64), b = random.Normal([4], dtype: DType.F64);
        Tensor order = Tensor.From(random.Permutation(4));
        Func<Tensor, Tensor, Tensor>[] steps =
        [
            (t, _) => t.MatMul(w).Tanh(),
            (t, x) => t * x.Sigmoid(),
            (t, _) => t.Linear(w, b).Sin(),
            (t, _) => t.Softmax(0) - t.LogSoftmax(0).Square(),
            (t, _) => t.LayerNorm([4], null, b),
            (t, _) => t.IndexSelect(0, order).CumSum(0),
            (t, x) => Tensor.Cat([t.Slice(0, 0, 2), x.Slice(0, 1, 3)]),
            (t, x) => (t > b).Where(t.Exp() / 4, x + t),
            (t, _) => t.Reshape(2, 2).T.Flatten() + t.Var([], 0),
            (t, x) => t.Unsqueeze(1).MatMul(x.Unsqueeze(0)).Sum(0) / (1 + t.Square().Sum()),
            (t, _) => t.Flip(0).Roll(1, 0) * t.Mean(),
            (t, _) => t.Sort(0).Values + t.Amax(),
        ];
        Func<Tensor, Tensor, Tensor>[] chosen = [.. Enumerable.Range(0, 4).Select(_ => steps[random.NextInteger(steps.Length)])];
        return x => (chosen.Aggregate(x, (t, step) => step(t, x)) * b).Sum() + x.Square().Mean();
    }

    static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        foreach ((double a, double c) in expected.Contiguous().ToArray<double>().Zip(actual.Contiguous().ToArray<double>())) Near(a, c, tolerance);
    }

    static void Near(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{actual} instead of {expected}");
}
