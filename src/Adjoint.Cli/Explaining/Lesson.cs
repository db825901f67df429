using Adjoint.Explaining;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.Explaining;

/// <summary>What is explained: a small network with an input, a target and a loss, all in double.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Model">The network.</param>
/// <param name="Input">Rows of numbers, in the shape that the network takes.</param>
/// <param name="Target">What should come out.</param>
/// <param name="LossName">The loss in words.</param>
/// <param name="LossOf">The loss of an output beside the target.</param>
internal sealed record Lesson(string Title, Module<Tensor, Tensor> Model, Tensor Input, Tensor Target, string LossName, Func<Tensor, Tensor, Tensor> LossOf)
{
    /// <summary>The rows of the input.</summary>
    public long Rows => Input.Shape[0];

    /// <summary>One pass with all its numbers; the parameters have their gradients afterwards.</summary>
    public Explanation Explain(long most)
    {
        (Input.Name, Target.Name) = ("x", "target");
        return Explanation.Of(Loss, most);
    }

    /// <summary>Takes one step of gradient descent with the gradients that are there.</summary>
    public Step Descend(Explanation explained, double rate)
    {
        Dictionary<string, double[]> before = Numbers();
        new Sgd(Model.Parameters().Where(p => p.Grad is not null), rate).Step();
        Dictionary<string, double[]> after = Numbers();
        using NoGrad off = NoGrad.Scope();
        return new(rate, [.. explained.Values.Where(v => v.Gradient is not null && v.Name is not null && before.ContainsKey(v.Name))
            .Select(v => new Change(v, before[v.Name!], after[v.Name!]))], explained.Loss.Values[0], Loss().Item());
    }

    Tensor Loss() => LossOf(Model.Call(Input), Target);

    Dictionary<string, double[]> Numbers() => Model.NamedParameters().ToDictionary(p => p.Tensor.Name!, p => p.Tensor.ToArray<double>());
}

/// <summary>A step of gradient descent, <c>w ← w − rate · ∂L/∂w</c>, and the loss before and after it.</summary>
internal sealed record Step(double Rate, IReadOnlyList<Change> Changes, double LossBefore, double LossAfter);

/// <summary>What a step did to a parameter.</summary>
internal sealed record Change(ExplainedValue Parameter, double[] Before, double[] After);
