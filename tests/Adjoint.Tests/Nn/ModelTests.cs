using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Nn;

public class ModelTests
{
    [Fact]
    public void A_small_network_learns_xor()
    {
        var model = new Mlp([2, 8, 1], new(3), () => new Tanh());
        Tensor x = Tensor.From([0f, 0, 0, 1, 1, 0, 1, 1], [4, 2]), target = Tensor.From([0f, 1, 1, 0], [4, 1]);
        var optimizer = new Adam(model.Parameters(), 0.05);
        optimizer.CheckCovers(model);
        double loss = double.NaN;
        for (int step = 0; step < 300; step++)
        {
            using Scope scope = Scope.Begin("step");
            Tensor error = (model.Call(x) - target).Square().Sum() / 4;
            error.Backward();
            loss = error.Item();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.True(loss < 0.01, $"the loss is {loss}");
    }

    [Fact]
    public void Every_parameter_of_every_model_is_trained()
    {
        var random = new Generator(1);
        foreach ((Layer model, Shape input) in new (Layer, Shape)[]
        {
            (new Mlp([6, 5, 10], random, dropout: 0.2), [4, 2, 3]),
            (new LeNet(random), [4, 1, 28, 28]),
            (new ResNet([1, 1, 1], 10, random, width: 4, isForSmallImages: true), [4, 3, 16, 16]),
            (new ResNet([1, 2], 10, random, width: 4, isBottleneck: true), [4, 3, 32, 32]),
        })
        {
            Tensor scores = model.Call(random.Normal(input));
            Assert.Equal([4, 10], scores.Shape);
            scores.Square().Sum().Backward();
            var optimizer = new Sgd(model.Parameters(), 1e-3) { Momentum = 0.9 };
            Assert.True(GradientClip.ByNorm(optimizer.Parameters, 1) > 0);
            optimizer.Step();
            model.Eval();
            Tensor x = random.Normal(input);
            Assert.Equal(model.Call(x).ToArray<float>(), model.Call(x).ToArray<float>());
        }
    }

    [Fact]
    public void Residual_networks_have_the_published_sizes()
    {
        var random = new Generator(1);
        Assert.Equal(11_689_512, ResNet.ImageNet18(1000, random).ParameterCount);
        Assert.Equal(25_557_032, ResNet.ImageNet50(1000, random).ParameterCount);
        Assert.Equal(11_173_962, ResNet.Cifar18(10, random).ParameterCount);
        var error = Assert.Throws<ArgumentException>(() => new ResNet([2, 0], 10, random));
        Assert.Equal("resnet: each stage needs at least one block, but the stages have [2, 0].", error.Message);
    }

    [Fact]
    public void A_state_carries_a_model_over()
    {
        LeNet from = new(new(1)), to = new(new(2));
        Tensor x = new Generator(3).Normal([2, 1, 28, 28]);
        from.Call(x);
        to.LoadState(from.State());
        from.Eval();
        to.Eval();
        Assert.Equal(from.Call(x).ToArray<float>(), to.Call(x).ToArray<float>());
        Assert.Contains("Features.1.RunningMean", to.State().Keys);
        Assert.Equal(["Head.3.Random"], to.NamedGenerators().Select(g => g.Name));
    }
}
