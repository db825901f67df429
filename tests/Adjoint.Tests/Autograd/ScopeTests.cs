using Xunit;

namespace Adjoint.Tests.Autograd;

[Collection(Alone.Name)]
public class ScopeTests
{
    [Fact]
    public void A_scope_returns_its_tensors_and_keeps_what_it_is_told_to()
    {
        Tensor kept, gone;
        using (Scope scope = Scope.Begin("step"))
        {
            gone = Tensor.Ones([3]);
            gone.Name = "hidden";
            kept = scope.Keep(gone + 1);
        }

        Assert.Equal([2f, 2f, 2f], kept.ToArray<float>());
        Assert.True(gone.IsReleased);
        var error = Assert.Throws<ReleasedTensorException>(() => gone + 1);
        Assert.Equal("tensor: a tensor lives as long as its scope, but 'hidden' of shape [3] was released when scope 'step' ended. Hint: pass it through Scope.Keep before the scope ends.", error.Message);
    }

    [Fact]
    public void A_kept_tensor_belongs_to_the_enclosing_scope()
    {
        Tensor inner;
        using (Scope.Begin("outer"))
        {
            using (Scope scope = Scope.Begin("inner")) inner = scope.Keep(Tensor.Ones([2]));
            Assert.False(inner.IsReleased);
        }

        Assert.True(inner.IsReleased);
    }

    [Fact]
    public void A_loss_whose_scope_ended_is_refused_by_that_name()
    {
        Tensor w = Tensor.Full([2], 3).AsParameter(), loss;
        using (Scope.Begin("forward")) loss = (w * w).Sum();
        Assert.Equal("tensor: a tensor lives as long as its scope, but a tensor of shape [] was released when scope 'forward' ended. Hint: pass it through Scope.Keep before the scope ends.",
            Assert.Throws<ReleasedTensorException>(() => loss.Backward()).Message);
        Assert.Null(w.Grad);
        using (Scope scope = Scope.Begin("forward")) loss = scope.Keep((w * w).Sum());
        loss.Backward();
        Assert.Equal([6f, 6f], w.Grad!.ToArray<float>());
    }

    [Fact]
    public void Parameters_and_their_gradients_survive_the_scope()
    {
        Tensor w;
        using (Scope.Begin("step"))
        {
            w = Tensor.Full([2], 3).AsParameter();
            (w * w).Sum().Backward();
        }

        Assert.Equal([6f, 6f], w.Grad!.ToArray<float>());
    }

    [Fact]
    public void Values_saved_for_the_backward_pass_survive_an_inner_scope()
    {
        Tensor w = Tensor.Full([2], 3).AsParameter();
        Tensor loss;
        using (Scope scope = Scope.Begin("model"))
        {
            Tensor hidden = w * w;
            loss = scope.Keep((hidden * hidden).Sum());
        }

        loss.Backward();
        Assert.Equal([108f, 108f], w.Grad!.ToArray<float>());
    }

    [Fact]
    public void The_outermost_scope_frees_graphs_that_nobody_can_reach_any_more()
    {
        Tensor w = Tensor.Full([1000], 3).AsParameter();
        long before = TensorMemory.LiveBytes;
        using (Scope.Begin("forgotten")) _ = (w * w * w).Sum();
        Assert.Equal(before, TensorMemory.LiveBytes);
    }

    [Fact]
    public void Scopes_end_in_reverse_order()
    {
        Scope outer = Scope.Begin("outer");
        Scope inner = Scope.Begin("inner");
        Assert.Equal("scope: scopes end in the reverse order of their beginning, on the same thread, but 'outer' was ended inside 'inner'.", Assert.Throws<InvalidOperationException>(outer.Dispose).Message);
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void Forgotten_tensors_come_back_through_the_collector()
    {
        long before = TensorMemory.LiveBytes;
        Forget();
        for (int i = 0; i < 10 && TensorMemory.LiveBytes > before + (1 << 20); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(TensorMemory.LiveBytes <= before + (1 << 20), $"{TensorMemory.LiveBytes - before} bytes are still held");

        static void Forget()
        {
            for (int i = 0; i < 100; i++) _ = Tensor.Ones([256 * 1024]);
        }
    }

    [Theory, InlineData(1), InlineData(64), InlineData(512), InlineData(513), InlineData(1000), InlineData(1 << 20), InlineData((1 << 20) + 1), InlineData(123_456_789)]
    public void Blocks_are_at_most_an_eighth_larger_than_asked_for(long bytes)
    {
        int sizeClass = TensorMemory.ClassOf(bytes, out long size);
        Assert.True(size >= bytes);
        Assert.True(size <= Math.Max(bytes + 64, bytes * 1.126));
        Assert.Equal(sizeClass, TensorMemory.ClassOf(size, out long same));
        Assert.Equal(size, same);
        Assert.True(TensorMemory.ClassOf(size + 1, out _) > sizeClass);
    }
}
