using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

public class ConvolutionTransposeTests
{
    sealed record Case(Shape X, Shape Weight, Window Window, int[] OutputPadding, int Groups = 1);

    static readonly Case[] Cases =
    [
        new([2, 4, 4, 5], [4, 3, 3, 3], new([2, 2], [1, 1], [1, 1]), [1, 1]),
        new([1, 2, 3, 3], [2, 2, 2, 3], new([1, 2], [0, 1], [2, 1]), [1, 0]),
        new([2, 4, 3, 2], [4, 2, 3, 2], new([3, 1], [1, 0], [1, 1]), [2, 0], 2),
        new([2, 3, 4], [3, 2, 3], new([1], [2], [3]), [2]),
        new([1, 3, 5], [3, 1, 2], new([2], [0], [4]), [3], 3),
        new([1, 2, 2, 3, 2], [2, 2, 2, 1, 3], new([2, 1, 2], [0, 0, 1], [1, 1, 1]), [1, 0, 1]),
        new([0, 2, 3], [2, 2, 3], new([1], [0], [1]), [0]),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory, MemberData(nameof(Numbers))]
    public void Each_input_is_written_where_its_taps_fall(int number)
    {
        Case c = Cases[number];
        var random = new Generator(5);
        long perGroup = c.Weight[1], channels = perGroup * c.Groups;
        Tensor[] inputs = [random.Normal(c.X, dtype: DType.F64), random.Normal(c.Weight, dtype: DType.F64), random.Normal([channels], dtype: DType.F64)];
        Tensor Run(Tensor[] x) => x[0].ConvTranspose(x[1], x[2], c.Window, c.OutputPadding, c.Groups);

        Plain x = Plain.From(inputs[0]), weight = Plain.From(inputs[1]), bias = Plain.From(inputs[2]);
        long[] sizes = [c.X[0], channels, .. c.OutputPadding.Select((p, i) => ((c.X[i + 2] - 1) * c.Window.Stride[i]) - (2 * c.Window.Padding[i]) + (c.Window.Dilation[i] * (c.Weight[i + 2] - 1)) + p + 1)];
        Plain y = Plain.Make(Shape.Create(sizes), index => bias.Values[index[1]]);
        foreach (long[] from in Plain.Indices(c.X))
        {
            foreach (long[] tap in Plain.Indices(c.Weight.With(0, 1)))
            {
                long[] to = [.. from];
                to[1] = (from[1] / (c.X[1] / c.Groups) * perGroup) + tap[1];
                for (int i = 2; i < to.Length; i++) to[i] = (from[i] * c.Window.Stride[i - 2]) - c.Window.Padding[i - 2] + (tap[i] * c.Window.Dilation[i - 2]);
                if (Enumerable.Range(2, to.Length - 2).Any(i => to[i] < 0 || to[i] >= sizes[i])) continue;
                long[] at = [.. tap];
                at[0] = from[1];
                y[to] += x[from] * weight[at];
            }
        }

        double error = OperationCheck.Error([Run(inputs)], [y]);
        Assert.True(error <= 1e-12, $"{error}");
        Assert.InRange(GradientCheck.FirstOrder(v => [Run(v)], inputs), 0, 2e-7);
    }

    [Fact]
    public void The_short_ways_to_write_it_agree()
    {
        var random = new Generator(6);
        Tensor x = random.Normal([1, 2, 3]), weight = random.Normal([2, 3, 2]);
        Tensor line = x.ConvTranspose1d(weight, stride: 2, padding: 1, outputPadding: 1);
        Assert.Equal([1, 3, 5], line.Shape);
        Assert.Equal(line.ToArray<float>(), x.Unsqueeze(2).ConvTranspose2d(weight.Unsqueeze(2), stride: (1, 2), padding: (0, 1), outputPadding: (0, 1)).ToArray<float>());
        Assert.Equal([1, 3, 4, 4, 4], random.Normal([1, 2, 2, 2, 2]).ConvTranspose3d(random.Normal([2, 3, 2, 2, 2]), stride: 2).Shape);
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor x = Tensor.Zeros([2, 4, 8, 8]), weight = Tensor.Zeros([4, 3, 3, 3]);
        void Says<T>(string message, Action use) where T : Exception => Assert.Equal(message, Assert.Throws<T>(use).Message);

        Says<ShapeException>("conv_transpose2d: x must have the axes [N, in, H, W] and weight [in, out/groups, kh, kw], but x is [4, 8, 8] and weight is [4, 3, 3, 3].", () => Tensor.Zeros([4, 8, 8]).ConvTranspose2d(weight));
        Says<ShapeException>("conv_transpose2d: x and weight must have the same number of input channels, but x is [2, 4, 8, 8] and weight is [3, 4, 3, 3].", () => x.ConvTranspose2d(Tensor.Zeros([3, 4, 3, 3])));
        Says<ShapeException>("conv_transpose2d: groups must divide the channels of x, but groups is 3 and x is [2, 4, 8, 8].", () => x.ConvTranspose2d(weight, groups: 3));
        Says<ShapeException>("conv_transpose2d: weight must have elements, but weight is [4, 3, 0, 3].", () => x.ConvTranspose2d(Tensor.Zeros([4, 3, 0, 3])));
        Says<ShapeException>("conv_transpose2d: bias must have one element for each output channel, but bias is [4], weight is [4, 3, 3, 3] and groups is 2.", () => x.ConvTranspose2d(weight, Tensor.Zeros([4]), groups: 2));
        Says<ShapeException>("conv_transpose1d: the result must have an image, but it would be [0]; x is [1, 2, 2], weight is [2, 1, 3] and padding is [2].", () => Tensor.Zeros([1, 2, 2]).ConvTranspose1d(Tensor.Zeros([2, 1, 3]), padding: 2));
        Says<ArgumentException>("conv_transpose2d: outputPadding must be at least 0 and less than stride or dilation, but it is [2, 2], stride is [2, 2] and dilation is [1, 1].", () => x.ConvTranspose2d(weight, stride: 2, outputPadding: 2));
        Says<ArgumentException>("conv_transpose2d: stride and dilation must be at least 1 and padding at least 0, but stride is [0, 0], padding is [0, 0] and dilation is [1, 1].", () => x.ConvTranspose2d(weight, stride: 0));
        Says<DTypeException>("conv_transpose2d: elements must be floating-point numbers, but x is F32 and weight is I64. Hint: convert with To.", () => x.ConvTranspose2d(weight.To(DType.I64)));
    }
}
