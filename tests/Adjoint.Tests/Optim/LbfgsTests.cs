using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class LbfgsTests
{
    // Minimum 0 at (1, 1), at the end of a bent valley.
    static Tensor Rosenbrock(Tensor w)
    {
        Tensor x = w[0], y = w[1];
        return (100 * (y - x.Square()).Square()) + (1 - x).Square();
    }

    static Tensor Start() => Tensor.From([-1.2, 1.0]).AsParameter("w");

    [Theory, InlineData(LineSearch.None, 0.2), InlineData(LineSearch.StrongWolfe, 1.0)]
    public void The_bottom_of_a_valley_is_found(LineSearch search, double rate)
    {
        Tensor w = Start();
        var optimizer = new Lbfgs([w], rate) { LineSearch = search, MaxIterations = 40, HistorySize = 5, GradientTolerance = 1e-12, ChangeTolerance = 1e-18 };
        double first = optimizer.Step(() => Rosenbrock(w));
        Assert.Equal(24.2, first, 1e-12);
        for (int i = 0; i < 9; i++) optimizer.Step(() => Rosenbrock(w));
        Assert.All(w.ToArray<double>(), v => Assert.Equal(1, v, search == LineSearch.None ? 1e-4 : 1e-8));
        Assert.Equal(10, optimizer.Steps);
    }

    [Fact]
    public void A_line_search_never_climbs()
    {
        Tensor w = Start();
        var optimizer = new Lbfgs([w]) { LineSearch = LineSearch.StrongWolfe, MaxIterations = 1 };
        double[] losses = [.. Enumerable.Range(0, 30).Select(_ => optimizer.Step(() => Rosenbrock(w)))];
        Assert.All(losses.Zip(losses.Skip(1)), p => Assert.True(p.Second <= p.First));
    }

    [Fact]
    public void A_quadratic_in_n_weights_takes_about_n_iterations()
    {
        Tensor scale = Tensor.From([1.0, 10, 100]), w = Tensor.From([1.0, -2, 3]).AsParameter("w");
        var optimizer = new Lbfgs([w]) { LineSearch = LineSearch.StrongWolfe, MaxIterations = 25, MaxEvaluations = 100 };
        optimizer.Step(() => 0.5 * (scale * w.Square()).Sum());
        Assert.All(w.ToArray<double>(), v => Assert.Equal(0, v, 1e-6));
    }

    [Fact]
    public void Evaluations_are_counted_and_limited()
    {
        Tensor w = Start();
        int calls = 0;
        var optimizer = new Lbfgs([w], 0.01) { MaxIterations = 10, MaxEvaluations = 4 };
        optimizer.Step(() =>
        {
            calls++;
            return Rosenbrock(w);
        });
        Assert.Equal(4, calls);
        Assert.Equal(4, optimizer.Evaluations);
        Assert.Equal(3, optimizer.Iterations);
    }

    [Fact]
    public void A_step_without_a_closure_is_one_iteration()
    {
        Tensor one = Start(), other = Start();
        var with = new Lbfgs([one], 0.1) { MaxIterations = 1 };
        var without = new Lbfgs([other], 0.1);
        for (int i = 0; i < 5; i++)
        {
            with.Step(() => Rosenbrock(one));
            Rosenbrock(other).Backward();
            without.Step();
            without.ZeroGrad();
        }

        Assert.Equal(one.ToArray<double>(), other.ToArray<double>());
        Rosenbrock(other).Backward();
        Assert.Equal("lbfgs: a line search evaluates the loss anew, but Step was called without a way to. Hint: Step(() => loss).",
            Assert.Throws<GraphException>(new Lbfgs([other]) { LineSearch = LineSearch.StrongWolfe }.Step).Message);
    }

    [Fact]
    public void A_resume_goes_on_as_if_nothing_had_happened()
    {
        Tensor w = Start();
        Lbfgs Make(Tensor p) => new([p], 0.1) { MaxIterations = 3, HistorySize = 2 };
        Lbfgs first = Make(w);
        for (int i = 0; i < 3; i++) first.Step(() => Rosenbrock(w));
        Tensor copy = w.Detach().Copy().AsParameter("w");
        Lbfgs second = Make(copy);
        second.LoadState(first.State());
        Assert.Equal(first.State().Keys, second.State().Keys);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(first.Step(() => Rosenbrock(w)), second.Step(() => Rosenbrock(copy)));
            Assert.Equal(w.ToArray<double>(), copy.ToArray<double>());
        }

        var broken = first.State().ToDictionary();
        broken.Remove("direction");
        broken["gradient"] = Tensor.Zeros([3]);
        Assert.Equal("lbfgs: the state must be that of the same parameters, 2 numbers together, but 'direction' is missing, 'gradient' is [3].",
            Assert.Throws<ArgumentException>(() => second.LoadState(broken)).Message);
    }

    [Fact]
    public void Several_parameters_are_one_vector()
    {
        Tensor x = Tensor.From([-1.2]).AsParameter("x"), y = Tensor.From([1.0], [1, 1]).AsParameter("y"), w = Start();
        var apart = new Lbfgs([x, y]) { LineSearch = LineSearch.StrongWolfe, MaxIterations = 6 };
        var together = new Lbfgs([w]) { LineSearch = LineSearch.StrongWolfe, MaxIterations = 6 };
        apart.Step(() => Rosenbrock(Tensor.Cat([x, y.Reshape(1)])));
        together.Step(() => Rosenbrock(w));
        Assert.Equal([x.Item(), y.Item()], w.ToArray<double>());
    }
}
