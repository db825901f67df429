using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>How finished gradients reach leaves and sinks, and how long they live.</summary>
public class LeafGradientTests
{
    static Tensor Parameter(params double[] values) => Tensor.From(values).AsParameter();

    [Fact]
    public void A_parameter_frozen_after_the_forward_pass_takes_no_gradient()
    {
        Tensor a = Parameter(2), b = Parameter(5);
        Tensor y = (a * b).Sum();
        a.Freeze();
        y.Backward();
        Assert.Null(a.Grad);
        Assert.Equal([2], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_gradient_that_was_replaced_says_so()
    {
        Tensor x = Parameter(3);
        (x * x).Sum().Backward();
        Tensor first = x.Grad!;
        (x * x).Sum().Backward();
        var error = Assert.Throws<ReleasedTensorException>(() => first + 1);
        Assert.Equal("tensor: a gradient lives until it is cleared or the next backward pass adds to it, but the one of shape [1] is used after that. Hint: ask for Grad again, or keep a Copy.", error.Message);
        Assert.Equal([12], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Threads_with_graphs_of_their_own_add_to_a_shared_parameter()
    {
        const int Threads = 4, Passes = 500;
        Tensor x = Parameter(3);
        Exception?[] errors = new Exception?[Threads];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() => errors[t] = Record.Exception(() =>
        {
            for (int i = 0; i < Passes; i++) (x * 2).Sum().Backward();
        })))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(errors, Assert.Null);
        Assert.Equal([2.0 * Threads * Passes], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void What_a_sink_computes_belongs_to_the_caller()
    {
        Tensor x = Parameter(3);
        var sink = new Keeping();
        using (Scope.Begin("step"))
        {
            (x * x).Sum().Backward(sink: sink);
            Assert.Equal([6], sink.Kept!.ToArray<double>());
        }

        Assert.True(sink.Kept!.IsReleased);
    }

    [Fact]
    public void Gradients_of_gradients_accumulate_without_a_scope()
    {
        Tensor x = Parameter(3);
        for (int i = 0; i < 2; i++) (x * x * x).Sum().Backward(createGraph: true);
        Assert.Equal([36], Gradients.Of(x.Grad!.Sum(), [x])[0]!.ToArray<double>());
    }

    [Fact]
    public void A_gradient_outlives_its_scope_but_its_graph_does_not()
    {
        Tensor x = Parameter(3);
        using (Scope.Begin("step")) (x * x * x).Sum().Backward(createGraph: true);
        Assert.Equal([27], x.Grad!.ToArray<double>());
        var error = Assert.Throws<GraphException>(() => Gradients.Of(x.Grad!.Sum(), [x]));
        Assert.EndsWith("was recorded in scope 'step', which has ended. Hint: differentiate inside the scope, or pass the tensor through Scope.Keep.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expanded_tensor_is_no_parameter()
    {
        var error = Assert.Throws<ShapeException>(() => Tensor.Ones([1]).Expand([3]).AsParameter());
        Assert.Equal("parameter: elements that share memory cannot be written in place, but axis 0 of the tensor of shape [3] is expanded. Hint: call Copy first.", error.Message);
    }

    sealed class Keeping : IGradientSink
    {
        public Tensor? Kept { get; private set; }

        public void Ready(Tensor leaf, Tensor gradient) => Kept = gradient.Copy();
    }
}
