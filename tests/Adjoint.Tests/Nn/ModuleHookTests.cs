using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

/// <summary>Hooks of modules see what goes in and out, forward and backward, and may replace it.</summary>
[Collection(Alone.Name)]
public class ModuleHookTests
{
    static Lambda Square() => new(x => x * x);
    static Tensor Parameter(params double[] values) => Tensor.From(values).AsParameter();

    [Fact]
    public void Forward_hooks_replace_input_and_result_in_order_until_disposed()
    {
        Lambda square = Square();
        IDisposable[] hooks =
        [
            square.RegisterForwardPreHook(x => x + 1),
            square.RegisterForwardPreHook(x => x * 2),
            square.RegisterForwardHook((x, y) => y + x),
            square.RegisterForwardHook((_, y) => y * 10),
        ];
        Tensor three = Tensor.From([3.0]);
        Assert.Equal([720], square.Call(three).ToArray<double>());      // x = 8, (64 + 8)·10
        foreach (IDisposable hook in hooks) hook.Dispose();
        Assert.Equal([9], square.Call(three).ToArray<double>());
    }

    [Fact]
    public void A_backward_hook_sees_this_calls_gradients_only_and_may_replace_the_inputs()
    {
        Lambda square = Square();
        Tensor x = Parameter(3);
        var seen = new List<(double?, double)>();
        using (square.RegisterBackwardHook((dx, dy) => { seen.Add((dx?.Item(), dy.Item())); return dx! * 10; }))
            ((square.Call(x) * 5) + (x * 100)).Sum().Backward();
        Assert.Equal([(30, 5)], seen);
        Assert.Equal([400], x.Grad!.ToArray<double>());
        x.SetGrad(null);
        square.Call(x).Sum().Backward();
        Assert.Single(seen);
        Assert.Equal([6], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Where_the_input_wants_no_gradient_the_hook_gets_none()
    {
        var layer = new Linear(2, 1, new Generator(1));
        var seen = new List<bool>();
        layer.RegisterBackwardHook((dx, dy) => { seen.Add(dx is null && dy.Shape == layer.Call(Tensor.Ones([4, 2])).Shape); return null; });
        layer.Call(Tensor.Ones([4, 2])).Sum().Backward();
        Assert.Equal([true], seen);
    }

    [Fact]
    public void Only_one_tensor_to_one_tensor_has_backward_hooks()
    {
        var error = Assert.Throws<GraphException>(() => new Pair().RegisterBackwardHook((_, _) => null));
        Assert.Equal("backward hook: the module must go from one tensor to one tensor, but Pair goes from Tensor to ValueTuple`2. Hint: call RegisterHook on its tensors in a forward hook.", error.Message);
    }

    [Fact]
    public void Hooks_are_no_state_and_hold_no_memory()
    {
        var layer = new Linear(32, 32, new Generator(1));
        string[] paths = [.. layer.State().Keys];
        layer.RegisterForwardPreHook(x => x * 2);
        layer.RegisterForwardHook((_, y) => y * 2);
        layer.RegisterBackwardHook((dx, _) => dx! * 2);
        Assert.Equal(paths, layer.State().Keys);
        Tensor x = Tensor.Ones([8, 32]).AsParameter();
        GC.Collect();       // what other tests left behind must not be returned in the middle of this one
        GC.WaitForPendingFinalizers();
        long after = 0;
        for (int step = 0; step < 5; step++)
        {
            using (Scope.Begin("step")) layer.Call(x).Sum().Backward();
            layer.ZeroGrad();
            x.SetGrad(null);
            if (step == 0) after = TensorMemory.LiveBytes;
        }

        Assert.Equal(after, TensorMemory.LiveBytes);
    }

    sealed class Pair : Module<Tensor, (Tensor, Tensor)>
    {
        protected override (Tensor, Tensor) Forward(Tensor x) => (x, x);
    }
}
