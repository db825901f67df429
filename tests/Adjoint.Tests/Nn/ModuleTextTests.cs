using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

public class ModuleTextTests
{
    sealed class Scaled(Module<Tensor, Tensor> body) : Layer
    {
        readonly Tensor _scale = Tensor.Ones([2]).AsParameter();

        protected override Tensor Forward(Tensor x) => body.Call(x) * _scale;
    }

    sealed class Forgotten : Layer
    {
        readonly Tensor _weight = Tensor.Ones([2]);

        protected override Tensor Forward(Tensor x) => x * _weight;
    }

    [Fact]
    public void A_module_shows_what_is_in_it()
    {
        var random = new Generator(1);
        var first = new Linear(3, 2, random);
        first.Weight.Freeze();
        var net = new Scaled(new Sequential(first, new Relu(), new BatchNorm(2)));
        Assert.Equal(
            """
            Scaled, 14 parameters  Scale [2]
              Body    Sequential
              Body.0  Linear      Weight [2, 3] frozen, Bias [2]
              Body.1  Relu
              Body.2  BatchNorm   Weight [2], Bias [2], RunningMean [2], RunningVariance [2]
            """.ReplaceLineEndings("\n"), net.ToString());
    }

    [Fact]
    public void A_module_that_is_not_right_yet_can_be_shown() => Assert.Equal("Forgotten", new Forgotten().ToString());
}
