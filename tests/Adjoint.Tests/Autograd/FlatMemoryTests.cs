using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>Scopes inside a scope that stays open for the whole program must give everything back too.</summary>
[Collection(Alone.Name)]
public class FlatMemoryTests
{
    [Fact]
    public void Gradients_as_values_are_returned_with_their_scope()
    {
        Tensor x = Tensor.Ones([1000]).AsParameter();
        long before = TensorMemory.LiveBytes;
        using (Scope.Begin("step")) _ = Gradients.Of((x * x).Sum(), [x]);
        Assert.Equal(before, TensorMemory.LiveBytes);
    }

    [Fact]
    public void A_pass_that_fails_holds_nothing()
    {
        Tensor x = Tensor.Ones([1000]).AsParameter();
        long before = TensorMemory.LiveBytes;
        using (Scope.Begin("step"))
        {
            Tensor shared = x * x;
            Tensor first = shared.Sum(), second = (shared * 2).Sum();
            first.Backward();
            x.SetGrad(null);
            Assert.Throws<GraphException>(() => second.Backward());
        }

        Assert.Equal(before, TensorMemory.LiveBytes);
    }

    [Fact]
    public void A_graph_of_which_nothing_was_kept_is_freed_with_an_inner_scope()
    {
        using Scope program = Scope.Begin("program");
        Tensor x = Tensor.Ones([1000]).AsParameter();
        long before = TensorMemory.LiveBytes;
        using (Scope.Begin("step")) _ = (x * x * x).Sum();
        Assert.Equal(before, TensorMemory.LiveBytes);
    }

    [Fact]
    public void A_graph_that_was_used_up_is_forgotten_by_the_enclosing_scopes()
    {
        using Scope program = Scope.Begin("program");
        Tensor x = Tensor.Ones([1]).AsParameter();
        WeakReference graph = Step();
        GC.Collect();
        Assert.False(graph.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Step()
        {
            using Scope step = Scope.Begin("step");
            Tensor loss = (x * x).Sum();
            loss.Backward();
            return new WeakReference(loss.Producer);
        }
    }

    [Fact]
    public void A_graph_kept_through_several_scopes_can_be_used_outside_of_all()
    {
        Tensor x = Tensor.Full([2], 3).AsParameter();
        Tensor loss;
        using (Scope outer = Scope.Begin("outer"))
        {
            Tensor middle;
            using (Scope inner = Scope.Begin("inner")) middle = inner.Keep(x * x);
            loss = outer.Keep((middle * middle).Sum());
        }

        loss.Backward();
        Assert.Equal([108f, 108f], x.Grad!.ToArray<float>());
    }
}
