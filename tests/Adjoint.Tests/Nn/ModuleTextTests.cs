using Adjoint.Models;
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
    public void Blocks_that_are_built_alike_are_shown_once_and_a_tied_weight_names_its_other_place()
    {
        var model = new Gpt(new() { Vocabulary = 29, Context = 16, Width = 24, Layers = 3, Heads = 3 }, new(1));
        Assert.Equal(
            """
            Gpt, 22,800 parameters
              Tokens                      Embedding  Weight [29, 24]
              Positions                   Embedding  Weight [16, 24]
              Dropout                     Dropout
              Blocks.0                    GptBlock
              Blocks.0.AttentionNorm      LayerNorm  Weight [24], Bias [24]
              Blocks.0.QueryKeyValue      Linear     Weight [72, 24], Bias [72]
              Blocks.0.AttentionOutput    Linear     Weight [24, 24], Bias [24]
              Blocks.0.FeedForwardNorm    LayerNorm  Weight [24], Bias [24]
              Blocks.0.FeedForwardInner   Linear     Weight [96, 24], Bias [96]
              Blocks.0.FeedForwardOutput  Linear     Weight [24, 96], Bias [24]
              Blocks.0.Dropout            Dropout
              Blocks.1 … Blocks.2         GptBlock   like Blocks.0
              Norm                        LayerNorm  Weight [24], Bias [24]
              Head                        Linear     Weight = Tokens.Weight
            """.ReplaceLineEndings("\n"), model.ToString());
        model.Blocks[1].AttentionNorm.Weight!.Freeze();
        Assert.Contains("Blocks.2.Dropout", model.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_not_right_yet_can_be_shown() => Assert.Equal("Forgotten", new Forgotten().ToString());
}
