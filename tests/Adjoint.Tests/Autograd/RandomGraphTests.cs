using CsCheck;
using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>Random expressions: gradients against finite differences, and the same bits however they are computed.</summary>
[Collection(Alone.Name)]
public class RandomGraphTests
{
    static readonly Gen<int[]> Choices = Gen.Int[0, 9999].Array[60];

    static string Print(int[] choices) => new RandomGraph(choices).ToString();

    [Fact]
    public void Gradients_and_curvatures_agree_with_finite_differences() => Choices.Sample(choices =>
    {
        using Scope scope = Scope.Begin("graph");
        var graph = new RandomGraph(choices);
        Tensor[] leaves = graph.Leaves(), v = Directions(leaves);
        Tensor?[] dx = Gradients.Of(graph.Run(leaves), leaves, createGraph: true);
        Tensor along = Dot(dx!, v);
        Near(Slope(h => graph.Run(Moved(leaves, v, h)).Item()), along.Item());
        Tensor?[] hv = Gradients.Of(along, leaves);

        // (∂²f·v)·w for another direction w is the slope of (∂f·v) along w.
        Tensor[] w = Directions(leaves, 23);
        double second = hv.Zip(w).Sum(p => p.First is { } h ? (h * p.Second).Sum().Item() : 0);
        Near(Slope(h =>
        {
            Tensor[] moved = [.. Moved(leaves, w, h).Select(x => x.Detach().AsParameter())];
            return Dot(Gradients.Of(graph.Run(moved), moved)!, v).Item();
        }), second);
    }, iter: 300, threads: 1, print: Print);

    [Fact]
    public void Threads_scopes_and_a_second_pass_change_no_bit() => Choices.Sample(choices =>
    {
        int before = Adjoint.Kernels.Parallel.Threads;
        try
        {
            Adjoint.Kernels.Parallel.Threads = 1;
            double[][] one = All(choices, scoped: false);
            Assert.Equal(one, All(choices, scoped: true));
            Adjoint.Kernels.Parallel.Threads = 2;
            Assert.Equal(one, All(choices, scoped: false));
        }
        finally { Adjoint.Kernels.Parallel.Threads = before; }
    }, iter: 40, threads: 1, print: Print);

    static double[][] All(int[] choices, bool scoped)
    {
        using Scope scope = Scope.Begin("graph");
        var graph = new RandomGraph(choices, scale: 130);
        Tensor[] leaves = graph.Leaves();
        Tensor y = graph.Run(leaves, scoped);
        double[][] first = [.. Gradients.Of(y, leaves, retainGraph: true).Select(d => d!.ToArray<double>())];
        Assert.Equal(first, Gradients.Of(y, leaves, retainGraph: true).Select(d => d!.ToArray<double>()));
        y.Backward();
        Assert.Equal(first, leaves.Select(x => x.Grad!.ToArray<double>()));
        return [y.ToArray<double>(), .. first];
    }

    static Tensor[] Directions(Tensor[] leaves, ulong seed = 17)
    {
        var random = new Generator(seed);
        return [.. leaves.Select(x => random.Uniform(x.Shape, -1, 1, DType.F64))];
    }

    static Tensor[] Moved(Tensor[] leaves, Tensor[] directions, double h) => [.. leaves.Zip(directions, (x, v) => x.Detach() + (v * h))];

    static Tensor Dot(Tensor[] a, Tensor[] b) => a.Zip(b, (x, y) => (x * y).Sum()).Aggregate((x, y) => x + y);

    /// <summary>The central difference of fourth order.</summary>
    static double Slope(Func<double, double> f)
    {
        const double H = 1e-3;
        return ((8 * (f(H) - f(-H))) - (f(2 * H) - f(-2 * H))) / (12 * H);
    }

    static void Near(double expected, double actual) => Assert.True(Math.Abs(expected - actual) <= 1e-7 * Math.Max(1, Math.Abs(expected)), $"finite difference {expected}, gradient {actual}");
}
