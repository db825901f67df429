using Xunit;

namespace Adjoint.Tests.Tensors;

public class IndexingTests
{
    static Tensor Numbers(params long[] shape) => Tensor.Arange(0, Shape.Create(shape).Elements, dtype: DType.F64).Reshape(shape);

    static void Holds(Shape shape, double[] values, Tensor actual)
    {
        Assert.Equal(shape, actual.Shape);
        Assert.Equal(values, actual.To(DType.F64).ToArray<double>());
    }

    [Fact]
    public void Brackets_read_as_in_the_documentation()
    {
        Tensor x = Numbers(3, 4);
        Holds([4], [4, 5, 6, 7], x[1]);
        Holds([4], [8, 9, 10, 11], x[^1]);
        Holds([4], [8, 9, 10, 11], x[-1]);
        Holds([], [6], x[1, 2]);
        Holds([2, 4], [4, 5, 6, 7, 8, 9, 10, 11], x[1..3]);
        Holds([3], [0, 4, 8], x[.., 0]);
        Holds([3, 2], [1, 2, 5, 6, 9, 10], x[.., 1..^1]);
        Holds([3, 2], [0, 2, 4, 6, 8, 10], x[.., (..).By(2)]);
        Holds([3], [3, 7, 11], x[TensorIndex.Ellipsis, 3]);
        Holds([3], [11, 7, 3], x[(..).By(-1), ^1]);
        Holds([3, 2], [2, 1, 6, 5, 10, 9], x[.., (1..3).By(-1)]);
        Holds([1, 3, 4], x.ToArray<double>(), x[TensorIndex.NewAxis]);
        Holds([3, 1, 4], x.ToArray<double>(), x[.., TensorIndex.NewAxis]);
        Holds([1, 4], [4, 5, 6, 7], x[1, TensorIndex.NewAxis]);
        Assert.Same(x, x[..]);
    }

    [Fact]
    public void Ranges_are_cut_down_to_what_there_is()
    {
        Tensor x = Numbers(5);
        Holds([3], [2, 3, 4], x[2..100]);
        Holds([2], [0, 1], x[^9..2]);
        Holds([0], [], x[4..2]);
        Holds([0], [], x[7..]);
        Holds([0], [], x[..^7]);
        Holds([2], [3, 4], x.Slice(0, -2));
        Holds([1], [0], x[(..).By(100)]);
        Holds([1], [4], x[(..).By(long.MinValue)]);
    }

    [Fact]
    public void Positions_are_not()
    {
        Tensor x = Numbers(3, 4);
        Assert.Equal("select: index must be from -3 to 2, but index is 3 and dim is 0 of x [3, 4].", Assert.Throws<ArgumentOutOfRangeException>(() => x[3]).Message);
        Assert.Equal("index: there can be one index for each axis, but there are 3 and x is [3, 4].", Assert.Throws<ShapeException>(() => x[0, 0, 0]).Message);
        Assert.Equal("index: only one ellipsis says which axes it stands for, but there are 2.", Assert.Throws<ShapeException>(() => x[TensorIndex.Ellipsis, TensorIndex.Ellipsis]).Message);
        Assert.Equal("slice: step must not be zero, but step is 0.", Assert.Throws<ArgumentException>(() => x[(..).By(0)]).Message);
    }

    [Fact]
    public void A_tensor_of_positions_picks_rows_and_a_mask_picks_where_it_is_true()
    {
        Tensor x = Numbers(3, 2).AsParameter();
        Tensor y = x[Tensor.From([2, 0, 2, 1], [2, 2])];
        Holds([2, 2, 2], [4, 5, 0, 1, 4, 5, 2, 3], y);
        Holds([3, 2], [1, 1, 1, 1, 2, 2], Gradients.Of(y, [x], Tensor.From(new double[] { 1, 1, 1, 1, 1, 1, 1, 1 }, [2, 2, 2]))[0]!);
        Holds([2, 2], [0, 1, 4, 5], x[Tensor.From([true, false, true])]);
        Holds([3], [1, 2, 4], x[Tensor.From([false, true, true, false, true, false], [3, 2])]);
        Assert.Equal("index: a mask must have the sizes of x's first axes, but the mask is [2] and x is [3, 2].", Assert.Throws<ShapeException>(() => x[Tensor.From([true, false])]).Message);
    }

    [Fact]
    public void Writing_into_brackets_writes_in_place_with_broadcasting()
    {
        Tensor x = Numbers(3, 4);
        x[1..3] = Tensor.From([-1.0, -2, -3, -4]);
        Holds([3, 4], [0, 1, 2, 3, -1, -2, -3, -4, -1, -2, -3, -4], x);
        x[.., 0] = Tensor.From([9.0]);
        Holds([3], [9, 9, 9], x[.., 0]);
        x[0, (..).By(-1)] = x[0];
        Holds([4], [3, 2, 1, 9], x[0]);
    }

    [Fact]
    public void What_overlaps_is_read_before_it_is_written()
    {
        Tensor x = Numbers(6);
        x[1..] = x[..^1];
        Holds([6], [0, 0, 1, 2, 3, 4], x);
    }

    [Fact]
    public void Writing_refuses_where_a_gradient_would_become_wrong()
    {
        Tensor x = Numbers(3).AsParameter("w"), y = Numbers(3), big = Tensor.From([1.0]).Expand([3]);
        Assert.Equal("set: a tensor that requires a gradient cannot be written in place while operations are recorded, but 'w' requires one. Hint: write under NoGrad.Scope(), or to a copy.", Assert.Throws<GraphException>(() => x[0] = y[0]).Message);
        Assert.Equal("set: an in-place write is not recorded, but the values of shape [3] require a gradient. Hint: build the result with Where, Cat or Scatter, or write under NoGrad.Scope().", Assert.Throws<GraphException>(() => y[..] = x).Message);
        Assert.Equal("set: elements that share memory cannot be written in place, but axis 0 of the tensor of shape [3] is expanded. Hint: call Copy first.", Assert.Throws<ShapeException>(() => big[0] = y[0]).Message);
        using (NoGrad.Scope()) x[..] = y[(..).By(-1)];
        Holds([3], [2, 1, 0], x);
    }

    [Fact]
    public void A_value_written_twice_by_scatter_has_the_gradient_of_the_write_that_stayed()
    {
        Tensor source = Tensor.From([1.0, 2, 3]).AsParameter();
        Tensor y = Tensor.Zeros([2], DType.F64).Scatter(0, Tensor.From([1L, 1, 0]), source);
        Holds([2], [3, 2], y);
        Holds([3], [0, 20, 10], Gradients.Of(y, [source], Tensor.From([10.0, 20]))[0]!);
    }

    [Fact]
    public void A_padding_row_gets_no_gradient()
    {
        Tensor table = Numbers(3, 2).AsParameter();
        Tensor y = Tensor.From([1L, 2, 1]).Embedding(table, paddingIndex: 1);
        Holds([3, 2], [2, 3, 4, 5, 2, 3], y);
        Holds([3, 2], [0, 0, 0, 0, 1, 1], Gradients.Of(y, [table], Tensor.Ones([3, 2], DType.F64))[0]!);
    }

    [Fact]
    public void Joining_promotes_and_hands_back_gradients_in_each_type()
    {
        Tensor a = Tensor.From([1f, 2]).AsParameter(), b = Tensor.From([3.0]).AsParameter();
        Tensor y = Tensor.Cat([a, b, Tensor.From([4L])]);
        Assert.Equal(DType.F64, y.DType);
        Holds([4], [1, 2, 3, 4], y);
        Tensor?[] dx = Gradients.Of(y, [a, b], Tensor.From([1.0, 2, 3, 4]));
        Assert.Equal(DType.F32, dx[0]!.DType);
        Holds([2], [1, 2], dx[0]!);
        Holds([1], [3], dx[1]!);
    }
}

[Collection(Alone.Name)]
public class IndexingThreadTests
{
    [Fact]
    public void Sums_by_index_have_the_same_bits_for_any_number_of_threads()
    {
        var random = new Generator(3);
        Tensor dy = random.Normal([3000, 200]), rows = random.Integers([3000], 0, 50);
        Tensor lines = random.Integers([3000, 200], 0, 3000);
        int before = Adjoint.Kernels.Parallel.Threads;
        try
        {
            Adjoint.Kernels.Parallel.Threads = 1;
            float[] put = new Adjoint.Ops.IndexPut(0, 50).Apply(dy, rows).ToArray<float>(), added = dy.ScatterAdd(0, lines, dy).ToArray<float>();
            foreach (int threads in (int[])[2, 4])
            {
                Adjoint.Kernels.Parallel.Threads = threads;
                Assert.Equal(put, new Adjoint.Ops.IndexPut(0, 50).Apply(dy, rows).ToArray<float>());
                Assert.Equal(added, dy.ScatterAdd(0, lines, dy).ToArray<float>());
            }
        }
        finally { Adjoint.Kernels.Parallel.Threads = before; }
    }
}
