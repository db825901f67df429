using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>What optimizers must not complain about, and how to say that something is meant.</summary>
public class GradientUseTests
{
    static Tensor Parameter(string name) => Tensor.Ones([2], DType.F64).AsParameter(name);

    static Tensor[] List(params Tensor[] parameters) => parameters;

    [Fact]
    public void Two_networks_against_each_other_raise_no_alarm()
    {
        Tensor maker = Parameter("maker"), judge = Parameter("judge");
        Sgd makes = new(List(maker), 0.1), judges = new(List(judge), 0.1);
        for (int step = 0; step < 3; step++)
        {
            judges.ZeroGrad();
            (maker.Detach() * judge).Sum().Backward();
            judges.Step();
            makes.ZeroGrad();
            (maker * judge).Sum().Backward();       // reaches the judge too, and adds to what it has used
            makes.Step();
        }

        Assert.Equal((3, 3), (makes.Steps, judges.Steps));
    }

    [Fact]
    public void Passes_between_two_steps_may_add()
    {
        Tensor w = Parameter("w");
        var sgd = new Sgd(List(w), 0.5);
        for (int step = 0; step < 2; step++)
        {
            for (int part = 0; part < 2; part++) w.Sum().Backward();
            sgd.Step();
            sgd.ZeroGrad();
        }

        Assert.Equal([-1.0, -1], w.ToArray<double>());
    }

    [Fact]
    public void A_leaf_left_out_is_found_though_a_later_pass_did_not_reach_it()
    {
        Tensor w = Parameter("w"), other = Parameter("other");
        var sgd = new Sgd(List(w), 0.1);
        (w * other).Sum().Backward();
        w.Sum().Backward();
        Assert.Equal("sgd: what receives a gradient must be trained, but 'other' belongs to no optimizer. Hint: give it to one, Freeze it, mark an input by RequireGrad instead of AsParameter, or set AllowOtherLeaves.",
            Assert.Throws<GraphException>(sgd.Step).Message);
        Assert.Equal([1.0, 1], w.ToArray<double>());
        new Sgd(List(w), 0.1) { AllowOtherLeaves = true }.Step();
        _ = new Sgd(List(other), 0.1);
        sgd.Step();         // now somebody trains it
    }

    [Fact]
    public void Frozen_leaves_and_inputs_asked_for_their_gradient_belong_to_nobody()
    {
        Tensor w = Parameter("w"), frozen = Parameter("frozen"), input = Tensor.Ones([2], DType.F64).RequireGrad("input");
        var sgd = new Sgd(List(w), 0.1);
        Tensor loss = (w * frozen * input).Sum();
        frozen.Freeze();
        loss.Backward();
        Assert.Equal([1.0, 1], input.Grad!.ToArray<double>());
        sgd.Step();
        Assert.Equal(1, sgd.Steps);
    }

    [Fact]
    public void Experts_may_rest()
    {
        Tensor shared = Parameter("shared"), first = Parameter("first"), second = Parameter("second");
        var sgd = new Sgd([new ParameterGroup(List(shared)), new ParameterGroup(List(first, second)) { AllowMissingGradients = true }], 0.5);
        (shared * first).Sum().Backward();
        sgd.Step();
        sgd.ZeroGrad();
        Assert.Equal([0.5, 1], [first.ToArray<double>()[0], second.ToArray<double>()[0]]);
        second.Sum().Backward();
        Assert.Equal("sgd: every parameter needs a gradient, but 'shared' received none. Hint: is it used in Forward? Freeze it, or set AllowMissingGradients.", Assert.Throws<GraphException>(sgd.Step).Message);
    }

    [Fact]
    public void Used_gradients_may_be_allowed_and_set_ones_are_not_asked()
    {
        Tensor w = Parameter("w");
        var free = new Sgd(List(w), 0.5) { AllowUsedGradients = true };
        w.Sum().Backward();
        free.Step();
        free.Step();
        w.Sum().Backward();
        free.Step();
        Assert.Equal([-1.0, -1], w.ToArray<double>());
        var strict = new Sgd(List(w), 0.5);
        w.SetGrad(Tensor.Ones([2], DType.F64));
        strict.Step();
        strict.Step();
        Assert.Equal([-2.0, -2], w.ToArray<double>());
    }

    [Fact]
    public void Training_mode_without_gradients_warns_once_and_only_here()
    {
        Sequential model = [new Linear(2, 2, new Generator(1)), new Dropout(0.5, new Generator(2)), new Dropout(0, new Generator(3))];
        List<string> outer = [], inner = [];
        using (Warnings.Redirect(outer.Add))
        {
            model.Call(Tensor.Ones([1, 2]));        // recorded: training
            using (NoGrad.Scope())
            {
                using (NoGrad.Suspend()) model.Call(Tensor.Ones([1, 2]));
                using (Warnings.Redirect(inner.Add)) for (int i = 0; i < 2; i++) model.Call(Tensor.Ones([1, 2]));
                model.Call(Tensor.Ones([1, 2]));
            }
        }

        Assert.Empty(outer);
        Assert.Equal("dropout: without gradients a model is usually evaluated, but '1' is in training mode. Hint: call Eval() on the model before and Train() after, or Trainer.Evaluate.", Assert.Single(inner));
    }
}
