using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Ops;

public class GroupNormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Groups_are_normalised_each_by_itself(int groups)
    {
        var random = new Generator(7);
        Tensor[] inputs = [random.Normal([3, 6, 4, 5], 2, 3, DType.F64), random.Normal([6], dtype: DType.F64), random.Normal([6], dtype: DType.F64)];
        double[] x = inputs[0].ToArray<double>(), w = inputs[1].ToArray<double>(), b = inputs[2].ToArray<double>();
        int length = 120 / groups;
        double[] normal = [.. x.Chunk(length).SelectMany(group =>
        {
            double mean = group.Average(), scale = 1 / Math.Sqrt(group.Average(v => (v - mean) * (v - mean)) + 1e-3);
            return group.Select(v => (v - mean) * scale);
        })];
        Check(normal, inputs[0].GroupNorm(groups, epsilon: 1e-3));
        Check([.. normal.Select((v, i) => v * w[i / 20 % 6])], inputs[0].GroupNorm(groups, inputs[1], epsilon: 1e-3));
        Check([.. normal.Select((v, i) => v + b[i / 20 % 6])], inputs[0].GroupNorm(groups, bias: inputs[2], epsilon: 1e-3));
        Check([.. normal.Select((v, i) => (v * w[i / 20 % 6]) + b[i / 20 % 6])], inputs[0].GroupNorm(groups, inputs[1], inputs[2], 1e-3));
        if (groups == 6) Check([.. normal.Select((v, i) => (v * w[i / 20 % 6]) + b[i / 20 % 6])], inputs[0].InstanceNorm(inputs[1], inputs[2], 1e-3));
        Assert.InRange(GradientCheck.FirstOrder(v => [v[0].GroupNorm(groups, v[1], v[2], 1e-3)], inputs), 0, 2e-7);
        Assert.InRange(GradientCheck.SecondOrder(v => [v[0].GroupNorm(groups, v[1], v[2], 1e-3)], inputs), 0, 2e-6);
    }

    static void Check(double[] expected, Tensor actual) => Assert.All(expected.Zip(actual.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-11));

    [Fact]
    public void Layers_have_parameters_of_a_channel_each()
    {
        Tensor x = new Generator(8).Normal([2, 4, 3]);
        var group = new GroupNorm(2, 4);
        Assert.Equal(x.GroupNorm(2).ToArray<float>(), group.Call(x).ToArray<float>());
        Assert.Equal([4], group.Weight!.Shape);
        Assert.Null(new InstanceNorm(4).Weight);
        Assert.Equal(x.InstanceNorm().ToArray<float>(), new InstanceNorm(4, affine: true).Call(x).ToArray<float>());
        Assert.Equal(DType.BF16, x.To(DType.BF16).GroupNorm(2, group.Weight, group.Bias).DType);
        Assert.Equal([0, 4, 3], Tensor.Zeros([0, 4, 3]).GroupNorm(2).Shape);
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor x = Tensor.Zeros([2, 4, 3]);
        void Says<T>(string message, Action use) where T : Exception => Assert.Equal(message, Assert.Throws<T>(use).Message);

        Says<ShapeException>("group_norm: groups must divide the channels, but groups is 3 and x is [2, 4, 3].", () => x.GroupNorm(3));
        Says<ShapeException>("group_norm: x must be [N, C] or [N, C, …], but it is [4].", () => Tensor.Zeros([4]).GroupNorm(2));
        Says<ShapeException>("group_norm: weight and bias must be [C], but one is [2] and x is [2, 4, 3].", () => x.GroupNorm(2, Tensor.Zeros([2])));
        Says<DTypeException>("group_norm: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32).", () => x.To(DType.I64).GroupNorm(2));
        Says<ShapeException>("instance_norm: x must be [N, C, …] with axes behind the channels, but it is [2, 4].", () => Tensor.Zeros([2, 4]).InstanceNorm());
        Says<ShapeException>("instance_norm: there must be more than one value a channel to normalise with, but x is [2, 4, 1].", () => Tensor.Zeros([2, 4, 1]).InstanceNorm());
        Says<ShapeException>("group norm: groups must divide the channels, but groups is 3 and there are 4 channels.", () => _ = new GroupNorm(3, 4));
        Says<ShapeException>("group norm: x must be [N, 8, …], but it is [2, 4, 3].", () => new GroupNorm(2, 8).Call(x));
        Says<ShapeException>("instance norm: x must be [N, 8, …] with axes behind the channels, but it is [2, 4, 3].", () => new InstanceNorm(8).Call(x));
    }
}
