using Adjoint.Explaining;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Explaining;

/// <summary>The graph of a pass as data: what was applied to what, its numbers, and gradients as sums over uses.</summary>
public class ExplanationTests
{
    [Fact]
    public void The_gradient_of_a_value_is_the_sum_over_its_uses()
    {
        Tensor x = Tensor.From([3.0, -2]).AsParameter("x");
        Explanation explained = Explanation.Of(() =>
        {
            Tensor y = x * x;           // used three times, twice by one operation
            return ((y * y) + y.Sin()).Sum();
        });
        ExplainedValue y = explained.Operations[0].Outputs[0];
        Assert.Equal(["multiply", "multiply", "sin", "add", "sum", "reshape"], explained.Operations.Select(o => o.Name));
        Assert.Equal([9, 4], y.Values);
        Assert.Equal([(2, 0), (2, 1), (3, 0)], y.Uses.Select(u => (u.Operation.Number, u.Input)));
        Assert.Equal([[9, 4], [9, 4], [Math.Cos(9), Math.Cos(4)]], y.Uses.Select(u => u.Gradient!));
        Assert.Equal(y.Gradient!, Enumerable.Range(0, 2).Select(i => y.Uses.Sum(u => u.Gradient![i])), (a, b) => Math.Abs(a - b) < 1e-13);

        ExplainedValue leaf = explained.Values[0];
        Assert.Equal(("x", ExplainedKind.Leaf, 2), (leaf.Name, leaf.Kind, leaf.Uses.Count));
        Assert.Equal(x.Grad!.ToArray<double>(), leaf.Gradient!);
        Assert.Equal([3 * y.Gradient![0], -2 * y.Gradient[1]], leaf.Uses[0].Gradient!);
        Assert.Null(OperationObserver.Current);
    }

    [Fact]
    public void Edges_lead_to_producers_leaves_and_constants()
    {
        Tensor w = Tensor.From([2.0, 5]).AsParameter("w"), c = Tensor.From([1.0, 4]);
        c.Name = "c";
        Explanation explained = Explanation.Of(() => ((w * c) + c).Mean());
        Assert.Equal([ExplainedKind.Leaf, ExplainedKind.Constant, ExplainedKind.Result], explained.Values.Take(3).Select(v => v.Kind));
        ExplainedOperation add = explained.Operations[1];
        Assert.Same(explained.Operations[0], add.Inputs[0].Producer);
        Assert.Same(explained.Operations[0].Inputs[1], add.Inputs[1]);
        Assert.Equal(("c", null, null), (add.Inputs[1].Name, add.Inputs[1].Gradient, add.Inputs[1].Producer));
        Assert.Null(add.Inputs[1].Uses[1].Gradient);
        Assert.Equal([0.5, 0.5], add.Outputs[0].Gradient!);
        Assert.Equal([1], explained.Loss.Gradient!);
        Assert.Same(explained.Operations[^1].Outputs[0], explained.Loss);
    }

    [Fact]
    public void Outputs_have_gradients_of_their_own_and_hidden_ones_are_left_out()
    {
        Tensor x = Tensor.From([1.0, 2, 3]).AsParameter("x");
        Explanation explained = Explanation.Of(() =>
        {
            Tensor[] parts = x.Split([1, 2]);
            return (parts[0] * 10).Sum() + parts[1].Sum();
        });
        Assert.Equal([[10], [1, 1]], explained.Operations[0].Outputs.Select(o => o.Gradient!));
        Assert.Equal([10, 1, 1], explained.Values[0].Gradient!);

        Tensor logits = Tensor.From([1.0, 2], [1, 2]).AsParameter("logits");
        ExplainedOperation loss = Assert.Single(Explanation.Of(() => logits.CrossEntropy(Tensor.From([1L]))).Operations);
        Assert.Single(loss.Outputs);
        Assert.Equal([1], loss.Inputs[1].Values);
        double share = 1 / (1 + Math.E);
        Assert.Equal([share, -share], loss.Inputs[0].Gradient!.Select(g => Math.Round(g, 15)), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void Operations_belong_to_the_module_that_called_them()
    {
        Sequential net = [new Sequential(new Linear(2, 3, new Generator(1)), new Tanh()), new Linear(3, 1, new Generator(2))];
        Explanation explained = Explanation.Of(() => net.Call(Tensor.Ones([4, 2])).Mean());
        Assert.Equal(["0.0", "0.1", "1", null, null], explained.Operations.Select(o => o.Module));
        Assert.Equal(["0.0.Weight", "0.0.Bias", "1.Weight", "1.Bias"], explained.Values.Where(v => v.Kind == ExplainedKind.Leaf).Select(v => v.Name));
    }

    [Fact]
    public void What_is_recomputed_backward_is_one_operation()
    {
        Tensor x = Tensor.From([0.5]).AsParameter("x");
        Explanation explained = Explanation.Of(() => Checkpoint.Call(v => v.Sin().Exp(), x).Sum());
        Assert.Equal(["checkpoint", "sum", "reshape"], explained.Operations.Select(o => o.Name));
        Assert.Same(explained.Operations[0], explained.Operations[1].Inputs[0].Producer);
        Assert.Equal([Math.Exp(Math.Sin(0.5))], explained.Operations[0].Outputs[0].Values, (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal([Math.Cos(0.5) * Math.Exp(Math.Sin(0.5))], explained.Values[0].Gradient!, (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void More_numbers_than_asked_for_are_refused_before_the_backward_pass()
    {
        Tensor w = Tensor.Ones([100]).AsParameter("w");
        Tensor Loss() => (w * w).Sum();         // 100, 100, 1 and, reshaped, 1
        GraphException refused = Assert.Throws<GraphException>(() => Explanation.Of(Loss, most: 201));
        Assert.Equal("explain: the inputs, parameters and results of an explained pass must be at most 201 numbers, but they are 202. Hint: explain a smaller model, or fewer rows.", refused.Message);
        Assert.Null(w.Grad);
        Assert.Null(OperationObserver.Current);
        Assert.Equal(4, Explanation.Of(Loss, most: 202).Values.Count);

        Tensor large = Tensor.Ones([Explanation.MostNumbers]).AsParameter("large");
        Assert.Equal(
            "explain: the inputs, parameters and results of an explained pass must be at most 10,000 numbers, but they are 10,002. Hint: explain a smaller model, or fewer rows.",
            Assert.Throws<GraphException>(() => Explanation.Of(large.Sum)).Message);
    }

    [Fact]
    public void A_loss_that_cannot_be_explained_says_why()
    {
        Tensor w = Tensor.Ones([2]).AsParameter("w");
        Tensor before = w.Sum();
        Assert.Equal("explain: the loss must be made by operations inside the function, but that of shape [] was there before.", Assert.Throws<GraphException>(() => Explanation.Of(() => before)).Message);
        Assert.StartsWith("backward: a result of several elements", Assert.Throws<ShapeException>(() => Explanation.Of(() => w * 2)).Message, StringComparison.Ordinal);
        Assert.StartsWith("backward: something that led to the result", Assert.Throws<GraphException>(() => Explanation.Of(() => Tensor.Ones([2]).Sum())).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Explanation.Of(() => throw new InvalidOperationException("mine")));
        Assert.Null(OperationObserver.Current);
    }
}
