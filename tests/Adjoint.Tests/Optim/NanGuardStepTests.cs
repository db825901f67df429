using System.Runtime.CompilerServices;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>What the guard says of an optimizer's step, and through the trainer.</summary>
public class NanGuardStepTests
{
    static int Line([CallerLineNumber] int line = 0) => line;

    static Tensor[] Trained(float gradient)
    {
        Tensor w = Tensor.From([1f, 2]).AsParameter("w");
        w.SetGrad(Tensor.Full([2], gradient));
        return [w];
    }

    static void Caught(string sentence, Action run)
    {
        using var guard = new NanGuard();
        Assert.Equal(sentence, Assert.Throws<NonFiniteException>(run).Message);
    }

    [Fact]
    public void A_step_that_blows_up_names_the_parameter_and_what_moved_it()
    {
        var sgd = new Sgd(Trained(1e10f), learningRate: 1e30) { Momentum = 0.9 };
        Caught($"sgd: a step must leave its parameter finite, but 'w' [2] has 2 -Inf of 2 elements after step 1 with learning rate 1E+30, called at NanGuardStepTests.cs:{Line() + 1}; the gradient [2] is all 1E+10; momentum [2] is all 1E+10.",
            () => sgd.Step());
    }

    [Fact]
    public void A_state_that_overflows_would_stop_the_training_of_a_weight_in_silence()
    {
        var adam = new Adam(Trained(1e25f));
        Caught($"adam: a step must leave its state finite, but square of 'w' [2] has 2 Inf of 2 elements after step 1 with learning rate 0.001, called at NanGuardStepTests.cs:{Line() + 1}; the gradient [2] is all 1E+25; mean [2] is all 1E+24; square [2] has 2 Inf of 2 elements.",
            () => adam.Step());
    }

    [Fact]
    public void An_optimizer_made_of_operations_is_named_itself()
    {
        Tensor w = Tensor.Ones([2, 2]).AsParameter("w");
        w.SetGrad(Tensor.From([1f, 2, 3, 5], [2, 2]));
        Tensor[] one = [w];
        using var guard = new NanGuard();
        string message = Assert.Throws<NonFiniteException>(new Muon(one, 1e39).Step).Message;
        Assert.StartsWith("muon: a step must leave its parameter finite, but 'w' [2, 2] has ", message, StringComparison.Ordinal);
        // The guard is back to operations after a failed step.
        Assert.Throws<NonFiniteException>(() => Tensor.From([-1f]).Log());
    }

    [Fact]
    public void A_gradient_spoiled_after_the_backward_pass_is_found_before_the_step()
    {
        Tensor[] parameters = Trained(float.NaN);
        Caught($"sgd: the gradients of a step must be finite, but that of 'w' [2] has 2 NaN of 2 elements, called at NanGuardStepTests.cs:{Line() + 1}. Hint: it was summed over passes, or changed, after the backward pass.",
            () => new Sgd(parameters, 0.1).Step());
        Assert.Equal([1f, 2], parameters[0].ToArray<float>());
    }

    [Fact]
    public void The_trainer_guards_when_asked()
    {
        Sequential model = [new Linear(1, 1, new Generator(1)), new Lambda(x => (x - 1e3).Log())]; int line = Line();
        var data = new DataLoader(new TensorDataset(Tensor.Full([1, 1], 1), Tensor.Full([1, 1], 1)), 1);
        var trainer = new Trainer(model, new Sgd(model.Parameters(), 0.1), Objective.Regression);
        CancellationToken none = TestContext.Current.CancellationToken;
        Assert.Throws<NonFiniteLossException>(() => trainer.Fit(data, cancellation: none));
        var error = Assert.Throws<NonFiniteException>(() => trainer.Fit(data, options: new() { NanGuard = true }, cancellation: none));
        Assert.Equal($"log: finite inputs must give a finite result, but its result [1, 1] is NaN, in '1' (Lambda), called at NanGuardStepTests.cs:{line}", error.Message.Split(';')[0]);
        Assert.Null(OperationObserver.Current);
    }

    [Fact]
    public void A_guard_changes_no_number()
    {
        float[][] results = [.. new[] { false, true }.Select(guarded =>
        {
            var model = new Linear(3, 2, new Generator(1));
            var optimizer = new AdamW(model.Parameters());
            using NanGuard? guard = guarded ? new NanGuard() : null;
            for (int i = 0; i < 3; i++)
            {
                model.Call(new Generator(2).Normal([4, 3])).Square().Mean().Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            return model.Weight.ToArray<float>();
        })];
        Assert.Equal(results[0], results[1]);
    }
}
