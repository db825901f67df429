using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class OptimizerSafetyTests
{
    static Tensor Parameter(string name) => Tensor.Ones([2]).AsParameter(name);

    static void Refused(Action use, string message) => Assert.Equal(message, Assert.Throws<GraphException>(use).Message);

    [Fact]
    public void Lists_that_cannot_be_trained_are_refused()
    {
        Tensor a = Parameter("a");
        Refused(() => _ = new Sgd(Array.Empty<Tensor>(), 0.1), "sgd: an optimizer needs at least one parameter, but the list is empty. Hint: pass model.Parameters().");
        Refused(() => _ = new Sgd((Tensor[])[a, a], 0.1), "sgd: each parameter is given once, but 'a' of shape [2] is given twice.");
        Refused(() => _ = new Sgd((Tensor[])[a, a * 2], 0.1), "sgd: only parameters can be trained, but '1' of shape [2] is not one. Hint: mark it with AsParameter, and pass the tensor itself, not a view of it.");
        Refused(() => _ = new AdamW((Tensor[])[a, Parameter("a")]), "adam_w: parameters must have different names, but two are called 'a'.");
        Assert.Equal("optimizer: the learning rate must be a finite number not below 0, but it is -1.", Assert.Throws<ArgumentException>(() => _ = new Sgd((Tensor[])[a], -1)).Message);
    }

    [Fact]
    public void A_step_without_any_gradient_is_refused()
    {
        var optimizer = new Sgd((Tensor[])[Parameter("a"), Parameter("b")], 0.1);
        Refused(optimizer.Step, "sgd: a step needs gradients, but none of the 2 parameters has one. Hint: call Backward on the loss before Step, and ZeroGrad after it.");
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void A_parameter_whose_gradient_never_arrives_is_named_on_the_first_step()
    {
        Tensor used = Parameter("used"), forgotten = Parameter("forgotten");
        (used * 2).Sum().Backward();
        Tensor[] both = [used, forgotten];
        Refused(new Sgd(both, 0.1).Step, "sgd: every parameter needs a gradient, but 'forgotten' received none. Hint: is it used in Forward? Freeze it, or set AllowMissingGradients.");
        Assert.Equal([1f, 1f], used.ToArray<float>());

        new Sgd(both, 0.1) { AllowMissingGradients = true }.Step();
        Assert.Equal([0.8f, 0.8f], used.ToArray<float>());
        Assert.Equal([1f, 1f], forgotten.ToArray<float>());
    }

    [Fact]
    public void Frozen_parameters_rest()
    {
        Tensor a = Parameter("a"), b = Parameter("b").Freeze();
        Tensor[] both = [a, b];
        var optimizer = new Sgd(both, 0.5);
        (a * b).Sum().Backward();
        optimizer.Step();
        Assert.Equal([0.5f, 0.5f], a.ToArray<float>());
        Assert.Equal([1f, 1f], b.ToArray<float>());
        optimizer.ZeroGrad();
        b.Unfreeze();
        (a * b).Sum().Backward();
        optimizer.Step();
        Assert.Equal([0.75f, 0.75f], b.ToArray<float>());
    }

    [Fact]
    public void A_value_saved_for_backward_cannot_be_trained_away()
    {
        Tensor a = Parameter("a");
        Tensor loss = (a * a).Sum();
        a.SetGrad(Tensor.Ones([2]));
        Tensor[] one = [a];
        new Sgd(one, 0.1).Step();
        Assert.Throws<GraphException>(() => loss.Backward());
    }

    [Fact]
    public void State_of_another_optimizer_is_refused_with_all_differences()
    {
        Tensor a = Parameter("a");
        Tensor[] one = [a];
        var adam = new Adam(one);
        a.SetGrad(Tensor.Ones([2]));
        adam.Step();
        var error = Assert.Throws<ArgumentException>(() => new Sgd(one, 0.1) { Momentum = 0.9 }.LoadState(adam.State()));
        Assert.Equal("sgd: the state must be that of the same optimizer over the same parameters, but there are missing: 'a.momentum'; unexpected: 'a.mean', 'a.square'.", error.Message);
    }

    [Fact]
    public void A_model_s_parameter_in_no_group_is_named()
    {
        var model = new Two();
        _ = model.Parameters();
        Tensor[] first = [model.First];
        Refused(() => new Sgd(first, 0.1).CheckCovers(model), "sgd: every parameter of the model must be trained or frozen, but 'Second' belongs to no group.");
        model.Second.Freeze();
        new Sgd(first, 0.1).CheckCovers(model);
    }

    sealed class Two : Module
    {
        public Tensor First { get; } = Tensor.Ones([1]).AsParameter();

        public Tensor Second { get; } = Tensor.Ones([1]).AsParameter();
    }
}
