using Xunit;

namespace Adjoint.Tests.Ops;

public class SortingTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void Equal_elements_stay_in_their_order_in_long_rows(bool descending)
    {
        Tensor x = new Generator(1).Integers([3, 5000], 0, 50);
        (Tensor values, Tensor indices) = x.Sort(1, descending);
        Assert.Equal(values.ToArray<long>(), x.Gather(1, indices).ToArray<long>());
        long[] v = values.ToArray<long>(), at = indices.ToArray<long>();
        for (int i = 1; i < v.Length; i++)
        {
            if (i % 5000 == 0) continue;
            Assert.True(descending ? v[i] <= v[i - 1] : v[i] >= v[i - 1]);
            if (v[i] == v[i - 1]) Assert.True(at[i] > at[i - 1]);
        }
    }

    [Fact]
    public void Argsort_gives_the_places_and_takes_no_part_in_the_graph()
    {
        Tensor x = Tensor.From([3.0, 1, 2]).AsParameter();
        Assert.Equal([1L, 2, 0], x.ArgSort().ToArray<long>());
        Assert.Equal([0L, 2, 1], x.ArgSort(0, descending: true).ToArray<long>());
        Assert.False(x.ArgSort().RequiresGrad);
    }

    [Fact]
    public void The_largest_are_the_first_of_the_sorted()
    {
        Tensor x = new Generator(2).Normal([4, 300]);
        (Tensor values, Tensor indices) = x.TopK(7);
        (Tensor sorted, Tensor order) = x.Sort(descending: true);
        Assert.Equal(sorted[.., ..7].ToArray<float>(), values.ToArray<float>());
        Assert.Equal(order[.., ..7].ToArray<long>(), indices.ToArray<long>());
        Assert.Equal(x.Sort().Values[.., ..7].ToArray<float>(), x.TopK(7, largest: false).Values.ToArray<float>());
    }

    [Fact]
    public void Missing_values_are_passed_over()
    {
        Tensor x = Tensor.From([1, double.NaN, 3, double.NaN, double.NaN, double.NaN], [2, 3]).AsParameter();
        Assert.Equal([4.0, 0], x.NanSum(1).ToArray<double>());
        Assert.Equal([2.0, double.NaN], x.NanMean(1).ToArray<double>());
        Assert.Equal(2, x.NanMean().Item());
        (x.NanSum() + x.NanMean()).Backward();
        Assert.Equal([1.5, 0, 1.5, 0, 0, 0], x.Grad!.ToArray<double>());
        Assert.Equal("nansum: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3].", Assert.Throws<ShapeException>(() => x.NanSum(2)).Message);
        Assert.Equal("nanmean: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32).", Assert.Throws<DTypeException>(() => Tensor.Zeros([2], DType.I64).NanMean()).Message);
    }

    [Fact]
    public void Spaces_include_both_ends()
    {
        Assert.Equal([1, 1.75, 2.5, 3.25, 4], Tensor.Linspace(1, 4, 5, DType.F64).ToArray<double>());
        Assert.Equal([0.1], Tensor.Linspace(0.1, 9, 1, DType.F64).ToArray<double>());
        Assert.Empty(Tensor.Linspace(0, 1, 0).ToArray<float>());
        double[] thirds = Tensor.Linspace(-0.1, 0.1, 8, DType.F64).ToArray<double>();
        Assert.Equal(thirds.Reverse(), thirds.Select(v => -v));
        Assert.Equal([1, 10, 100], Tensor.Logspace(0, 2, 3, dtype: DType.F64).ToArray<double>());
        Assert.Equal([2f, 4, 8], Tensor.Logspace(1, 3, 3, 2).ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Linspace(0, 1, -1));
    }
}
