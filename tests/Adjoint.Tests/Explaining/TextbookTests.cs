using Adjoint.Explaining;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Explaining;

/// <summary>A network that is worked through with a pocket calculator in Matt Mazur's "A Step by Step Backpropagation Example" (2015): every number that is printed there.</summary>
public class TextbookTests
{
    const double Printed = 5e-10;

    readonly Sequential _net =
    [
        new Linear(Tensor.From([0.15, 0.20, 0.25, 0.30], [2, 2]), Tensor.From([0.35, 0.35])), new Sigmoid(),
        new Linear(Tensor.From([0.40, 0.45, 0.50, 0.55], [2, 2]), Tensor.From([0.60, 0.60])), new Sigmoid(),
    ];

    Tensor Loss() => _net.Call(Tensor.From([0.05, 0.10], [1, 2])).MseLoss(Tensor.From([0.01, 0.99], [1, 2]), Reduction.Sum) * 0.5;

    [Fact]
    public void Forward()
    {
        Explanation explained = Explanation.Of(Loss);
        Near([0.298371109], explained.Loss.Values);
        (ExplainedLayer hidden, ExplainedLayer output) = (explained.Layers[0], explained.Layers[1]);
        Assert.Equal(["0", "2"], explained.Layers.Select(l => l.Name));
        Assert.Equal(0.3775, hidden.Z[0], 12);
        Near([0.593269992, 0.596884378], hidden.A.Values);
        Near([1.105905967], output.Z.Take(1));
        Near([0.751365070, 0.772928465], output.A.Values);
    }

    [Fact]
    public void The_chain_rule_of_a_weight_of_the_output_layer()
    {
        ExplainedLayer output = Explanation.Of(Loss).Layers[1];
        ChainTerm term = Assert.Single(output.WeightTerms(0, 0));
        Near([0.741365070, 0.186815602, 0.593269992, 0.082167041], [term.Gradient, term.Derivative, term.Input, term.Product]);
        Near([0.138498562, -0.038098236], output.Delta, 5e-9);      // printed with rounded factors
        Near([0.082167041, 0.082667628, -0.022602540, -0.022740242], output.WeightGradient, 5e-9);
    }

    [Fact]
    public void The_chain_rule_of_a_weight_of_the_hidden_layer()
    {
        Explanation explained = Explanation.Of(Loss);
        ExplainedLayer hidden = explained.Layers[0];
        ChainTerm term = Assert.Single(hidden.WeightTerms(0, 0));
        Near([0.036350306, 0.241300709, 0.05], [term.Gradient, term.Derivative, term.Input], 5e-9);
        Near([0.000438568, 0.000877135, 0.000497713, 0.000995425], hidden.WeightGradient, 5e-9);
        // ∂L/∂a of the hidden layer is the sum over both outputs, which one operation takes together.
        Near([0.036350306], Assert.Single(hidden.A.Uses).Gradient!.Take(1), 5e-9);
    }

    [Fact]
    public void One_step()
    {
        _ = Explanation.Of(Loss);
        new Sgd(_net.Parameters(), 0.5).Step();
        Near([0.149780716, 0.19956143, 0.24975114, 0.29950229], _net.Parameters()[0].ToArray<double>(), 5e-9);
        Near([0.35891648, 0.408666186, 0.511301270, 0.561370121], _net.Parameters()[2].ToArray<double>(), 5e-9);
        Assert.True(Loss().Item() < 0.2984);
    }

    static void Near(double[] expected, IEnumerable<double> actual, double tolerance = Printed)
    {
        double[] values = [.. actual];
        Assert.Equal(expected.Length, values.Length);
        Assert.All(expected.Zip(values), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= tolerance, $"{pair.Second} should be {pair.First}"));
    }
}
