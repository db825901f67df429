using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>Hooks see a gradient once, when it is whole, and may put another in its place.</summary>
[Collection(Alone.Name)]
public class GradientHookTests
{
    static Tensor Parameter(params double[] values) => Tensor.From(values).AsParameter();

    [Fact]
    public void A_leaf_hook_runs_once_before_accumulation_and_its_result_is_accumulated()
    {
        Tensor x = Parameter(3);
        var seen = new List<double>();
        x.RegisterHook(g => { seen.Add(g.Item()); Assert.Null(x.Grad); });
        x.RegisterHook(g => g * 10);
        x.RegisterHook(g => { seen.Add(g.Item()); });
        ((x * x) + (x * 2)).Sum().Backward();
        Assert.Equal([8, 80], seen);
        Assert.Equal([80], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_hook_in_the_middle_sees_the_sum_over_all_uses_and_changes_what_goes_on()
    {
        Tensor x = Parameter(3), middle = x * 2;
        var seen = new List<double>();
        middle.RegisterHook(g => { seen.Add(g.Item()); return g * 10; });
        ((middle * 5) + (middle * 7)).Sum().Backward();
        Assert.Equal([12], seen);
        Assert.Equal([240], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_disposed_hook_is_gone()
    {
        Tensor x = Parameter(3);
        IDisposable hook = x.RegisterHook(g => g * 10);
        hook.Dispose();
        hook.Dispose();
        (x * x).Sum().Backward();
        Assert.Equal([6], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Gradients_as_values_pass_the_hooks_too()
    {
        Tensor x = Parameter(3), middle = x * 2;
        x.RegisterHook(g => g + 1);
        middle.RegisterHook(g => g * 10);
        Tensor?[] found = Gradients.Of((middle * middle).Sum(), [x, middle]);
        Assert.Equal([241], found[0]!.ToArray<double>());
        Assert.Equal([120], found[1]!.ToArray<double>());
    }

    [Fact]
    public void A_replacement_is_differentiated_when_the_pass_is_recorded()
    {
        Tensor x = Parameter(3);
        x.RegisterHook(g => g * x);         // 3x² · x
        Tensor first = Gradients.Of((x * x * x).Sum(), [x], createGraph: true)[0]!;
        x.RegisterHook(g => g / x);         // takes the first one back from now on
        Assert.Equal([81], first.Detach().ToArray<double>());
        Assert.Equal(81, Gradients.Of(first.Sum(), [x])[0]!.Item(), 1e-9);      // 9x²; without the recorded replacement it would be 6x = 18
    }

    [Fact]
    public void A_hook_inside_a_checkpoint_runs_once_and_one_on_its_input_sees_everything()
    {
        Tensor x = Parameter(3);
        var seen = new List<double>();
        x.RegisterHook(g => { seen.Add(g.Item()); });
        Tensor y = Checkpoint.Call(v =>
        {
            Tensor middle = v * 2;
            middle.RegisterHook(g => g * 10);
            return middle * x;
        }, x);
        y.Sum().Backward();
        Assert.Equal([66], seen);           // 2x·(the hook's 10) + 2x
    }

    [Fact]
    public void A_value_in_the_middle_keeps_its_gradient_when_asked()
    {
        Tensor x = Parameter(3), middle = x * 2, y = (middle * middle).Sum();
        Assert.Null(middle.Grad);
        middle.RetainGrad();
        middle.RetainGrad();
        middle.RegisterHook(g => g * 10);
        y.Backward(retainGraph: true);
        Assert.Equal([120], middle.Grad!.ToArray<double>());
        _ = Gradients.Of(y, [x], retainGraph: true);
        Assert.Equal([120], middle.Grad!.ToArray<double>());
        y.Backward();
        Assert.Equal([240], middle.Grad!.ToArray<double>());
    }

    [Fact]
    public void What_hooks_and_retained_gradients_hold_goes_with_the_scope()
    {
        Tensor x = Tensor.Ones([1000]).AsParameter();
        GC.Collect();       // what other tests left behind must not be returned in the middle of this one
        GC.WaitForPendingFinalizers();
        long after = 0;
        for (int step = 0; step < 5; step++)
        {
            using (Scope.Begin("step"))
            {
                Tensor middle = x * x;
                middle.RetainGrad();
                middle.RegisterHook(g => g * 2);
                (middle * 3).Sum().Backward();
            }

            if (step == 0) after = TensorMemory.LiveBytes;
            Assert.Equal(after, TensorMemory.LiveBytes);
        }
    }

    [Fact]
    public void Gradients_of_a_middle_value_leave_the_graph_below_it()
    {
        Tensor x = Parameter(3), middle = x * x, y = (middle * middle).Sum();
        Assert.Equal([18], Gradients.Of(y, [middle])[0]!.ToArray<double>());
        Assert.Equal([6], Gradients.Of(middle.Sum(), [x])[0]!.ToArray<double>());
    }

    [Fact]
    public void Misuses_are_told()
    {
        Tensor x = Parameter(3, 4), constant = Tensor.From([1.0, 2.0]);
        Assert.Equal("gradient hook: the tensor must require a gradient, but a tensor of shape [2] does not. Hint: mark it with AsParameter, or compute it from parameters outside of NoGrad.",
            Assert.Throws<GraphException>(() => constant.RegisterHook(g => g * 2)).Message);
        Assert.Equal("retain grad: the tensor must require a gradient, but a tensor of shape [2] does not. Hint: mark it with AsParameter, or compute it from parameters outside of NoGrad.",
            Assert.Throws<GraphException>(constant.RetainGrad).Message);
        using (x.RegisterHook(g => g.Sum()))
            Assert.Equal("gradient hook: a replacement must have the gradient's shape, but it is [] and the gradient is [2].", Assert.Throws<ShapeException>(() => (x * x).Sum().Backward()).Message);
        using (x.RegisterHook(g => g.To(DType.F32)))
            Assert.Equal("gradient hook: a replacement must have the gradient's type, but it is F32 and the gradient is F64. Hint: convert it with To.", Assert.Throws<DTypeException>(() => (x * x).Sum().Backward()).Message);
    }
}
