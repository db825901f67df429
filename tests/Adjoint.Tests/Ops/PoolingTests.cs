using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

public class PoolingTests
{
    [Fact]
    public void The_first_of_equal_maxima_receives_the_gradient()
    {
        Tensor x = Tensor.From([1.0, 3, 3, 3], [1, 1, 2, 2]).AsParameter();
        x.MaxPool2d(2).Sum().Backward();
        Assert.Equal([0, 1, 0, 0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Not_a_number_wins()
    {
        Tensor x = Tensor.From([1, double.NaN, double.PositiveInfinity, 3], [1, 1, 2, 2]);
        Assert.Equal([double.NaN], x.MaxPool2d(2).ToArray<double>());
    }

    [Fact]
    public void Padding_never_wins()
    {
        Tensor x = Tensor.From([-5.0], [1, 1, 1, 1]);
        Assert.Equal([-5.0], x.MaxPool2d(3, padding: 1).ToArray<double>());
    }

    [Fact]
    public void A_window_that_steps_over_the_image_finds_nothing()
    {
        Tensor x = Tensor.From([-5.0], [1, 1, 1, 1]).AsParameter();
        Tensor y = x.MaxPool2d(2, padding: 1, dilation: 2);
        Assert.Equal([double.NegativeInfinity], y.ToArray<double>());
        y.Sum().Backward();
        Assert.Equal([0.0], x.Grad!.ToArray<double>());
    }

    [Theory]
    [InlineData(5, false, 2)]
    [InlineData(5, true, 3)]
    [InlineData(4, true, 2)]
    public void Ceil_mode_counts_a_last_window_that_begins_inside(long size, bool ceilMode, long expected)
    {
        Shape result = [1, 1, expected, expected];
        Assert.Equal(result, Tensor.Zeros([1, 1, size, size]).MaxPool2d(2, ceilMode: ceilMode).Shape);
        Assert.Equal(result, Tensor.Zeros([1, 1, size, size]).AvgPool2d(2, ceilMode: ceilMode).Shape);
    }

    [Fact]
    public void Small_shapes_agree_with_the_reference()
    {
        var random = new Generator(11);
        int checkedCases = 0;
        for (int i = 0; i < 300; i++)
        {
            int Below(int n) => (int)random.NextInteger(n);
            Tensor x = random.Normal([Below(3) + 1, Below(3) + 1, Below(12) + 1, Below(12) + 1], dtype: DType.F64);
            Pair kernel = (Below(4) + 1, Below(4) + 1), stride = (Below(3) + 1, Below(3) + 1), padding = (Below(kernel.Height / 2 + 1), Below(kernel.Width / 2 + 1));
            bool ceil = Below(2) == 1;
            if (kernel.Height > x.Shape[2] || kernel.Width > x.Shape[3]) continue;
            checkedCases++;
            foreach (Op op in new Op[]
            {
                new MaxPool(SlidingWindows.Of("", kernel, stride, padding, 1, ceil, true)),
                new AvgPool(SlidingWindows.Of("", kernel, stride, padding, 1, ceil, Below(2) == 1)),
                new MaxPool(new AdaptiveWindows([kernel.Height, kernel.Width])),
                new AvgPool(new AdaptiveWindows([kernel.Height, kernel.Width])),
            })
            {
                double error = OperationCheck.Error(op.ApplyAll(x), op.Reference([Plain.From(x)]));
                Assert.True(error <= 1e-12, $"{op} on {x.Shape}: {error}");
            }
        }

        Assert.True(checkedCases > 100);
    }
}
