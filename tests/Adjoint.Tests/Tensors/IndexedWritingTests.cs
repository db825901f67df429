using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>Writing where tensors say: in place through brackets, and as differentiable copies.</summary>
public class IndexedWritingTests
{
    static readonly Generator Random = new(17);

    static Tensor Numbers(params long[] shape) => Tensor.Arange(0, Shape.Create(shape).Elements, dtype: DType.F64).Reshape(shape);

    static Tensor Draw(Shape shape) => Random.Normal(shape, dtype: DType.F64);

    static void Holds(Shape shape, double[] values, Tensor actual)
    {
        Assert.Equal(shape, actual.Shape);
        Assert.Equal(values, actual.To(DType.F64).ToArray<double>());
    }

    static void Differentiates(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        Assert.InRange(GradientCheck.FirstOrder(x => [function(x)], inputs), 0, 2e-7);
        Assert.InRange(GradientCheck.SecondOrder(x => [function(x)], inputs), 0, 2e-6);
    }

    [Fact]
    public void A_mask_in_brackets_writes_where_it_is_true()
    {
        Tensor x = Numbers(3, 2);
        x[x > 2] = Tensor.Scalar(-1);
        Holds([3, 2], [0, 1, 2, -1, -1, -1], x);
        x[Tensor.From([true, false, true])] = Tensor.From([7.0, 8]);
        Holds([3, 2], [7, 8, 2, -1, 7, 8], x);
        x[Tensor.From([false, true, true, false, false, true], [3, 2])] = Tensor.From([1, 2, 3]);
        Holds([3, 2], [7, 1, 2, -1, 7, 3], x);
        x[Tensor.From([false, false, false])] = Tensor.Scalar(5);
        Holds([3, 2], [7, 1, 2, -1, 7, 3], x);
    }

    [Fact]
    public void Positions_in_brackets_write_rows_and_the_last_write_stays()
    {
        Tensor x = Numbers(4, 2);
        x[Tensor.From([3L, 0, 3])] = Tensor.From([10.0, 11, 20, 21, 30, 31], [3, 2]);
        Holds([4, 2], [20, 21, 2, 3, 4, 5, 30, 31], x);
        x[Tensor.From([1, 2], [2, 1])] = Tensor.Scalar(-1);
        Holds([4, 2], [20, 21, -1, -1, -1, -1, 30, 31], x);
    }

    [Fact]
    public void A_view_that_is_not_contiguous_is_written_where_it_lies()
    {
        Tensor x = Numbers(2, 3), columns = x.Transpose(0, 1);
        columns[Tensor.From([2L, 0])] = Tensor.From([-1.0, -2, -3, -4], [2, 2]);
        Holds([2, 3], [-3, 1, -1, -4, 4, -2], x);
    }

    [Fact]
    public void What_is_written_may_be_what_is_read()
    {
        Tensor x = Numbers(4), places = Tensor.From([3L, 2, 1, 0]);
        x[places] = x;
        Holds([4], [3, 2, 1, 0], x);
        // As positions, what was written would lie far outside.
        places[places] = places * 1000;
        Holds([4], [0, 1000, 2000, 3000], places);
    }

    [Fact]
    public void Writing_in_place_moves_the_version_on()
    {
        Tensor w = Tensor.From([2.0, 3]).AsParameter(), x = Numbers(2);
        Tensor y = (w * x).Sum();
        x[Tensor.From([0L])] = Tensor.Scalar(1);
        Assert.Throws<GraphException>(() => y.Backward());
    }

    [Fact]
    public void Writing_refuses_what_does_not_fit()
    {
        Tensor x = Numbers(3, 2), w = Numbers(3).AsParameter("w"), mask = Tensor.From([true, false, true]);
        Says<ShapeException>("set: values must broadcast to what they are written to, but they are [3] and it is [2, 2].", () => x[mask] = Numbers(3));
        Says<ShapeException>("index: a mask must have the sizes of x's first axes, but the mask is [3, 2, 1] and x is [3, 2].", () => x[Tensor.Ones([3, 2, 1], DType.Bool)] = Numbers(1));
        Says<ArgumentOutOfRangeException>("set: indices must be from 0 to 2, but the index at [1] is 3.", () => x[Tensor.From([0L, 3])] = Numbers(1));
        Says<DTypeException>("set: indices must be I64 or I32, but they are F64.", () => x[Numbers(2)] = Numbers(1));
        Says<ShapeException>("index: a tensor must have an axis to be indexed, but x is [].", () => Tensor.Scalar(1)[mask] = Numbers(1));
        Says<GraphException>("set: a tensor that requires a gradient cannot be written in place while operations are recorded, but 'w' requires one. Hint: write under NoGrad.Scope(), or to a copy.", () => w[mask] = Numbers(1));
        Says<GraphException>("set: an in-place write is not recorded, but the values of shape [3] require a gradient. Hint: build the result with Where, Cat or Scatter, or write under NoGrad.Scope().", () => Numbers(3)[mask] = w);
        Holds([3, 2], [0, 1, 2, 3, 4, 5], x);
        using (NoGrad.Scope()) w[mask] = Tensor.Scalar(9);
        Holds([3], [9, 1, 9], w.Detach());
    }

    [Fact]
    public void Index_put_writes_or_adds_at_places_of_several_axes()
    {
        Tensor x = Tensor.Zeros([2, 3], DType.F64), rows = Tensor.From([0L, 1, 0]), columns = Tensor.From([2, 0, 2]), values = Tensor.From([1.0, 2, 4]);
        Holds([2, 3], [0, 0, 4, 2, 0, 0], x.IndexPut([rows, columns], values));
        Holds([2, 3], [0, 0, 5, 2, 0, 0], x.IndexPut([rows, columns], values, accumulate: true));
        Holds([2, 3], [7, 7, 7, 0, 0, 0], x.IndexPut([Tensor.From([0L])], Tensor.Scalar(7)));
        // Positions broadcast: every row beside every column.
        Holds([2, 3], [1, 0, 1, 1, 0, 1], x.IndexPut([Tensor.From([0L, 1], [2, 1]), Tensor.From([0L, 2])], Tensor.Scalar(1)));
        Holds([2, 3], [0, 0, 0, 0, 0, 0], x);
        Differentiates(t => t[0].Square().IndexPut([rows, columns], t[1].Square()), Draw([2, 3]), Draw([3]));
        Differentiates(t => t[0].Square().IndexPut([rows, columns], t[1].Square(), true), Draw([2, 3, 2]), Draw([3, 2]));
        Tensor source = values.AsParameter();
        Assert.Equal([0, 1, 1], Gradients.Of(x.IndexPut([rows, columns], source).Sum(), [source])[0]!.ToArray<double>());
    }

    [Fact]
    public void Index_fill_masked_select_and_masked_scatter()
    {
        Tensor x = Numbers(2, 3), mask = Tensor.From([true, false, true]);
        Holds([2, 3], [-1, 1, -1, -1, 4, -1], x.IndexFill(1, Tensor.From([2L, 0, 2]), -1));
        Holds([4], [0, 2, 3, 5], x.MaskedSelect(mask));
        Holds([4], [0, 0, 1, 1], Numbers(2, 1).MaskedSelect(mask));
        Holds([2, 3], [10, 1, 11, 12, 4, 13], x.MaskedScatter(mask, Numbers(5) + 10));
        Holds([2, 2], [0, 1, 1, 2], Tensor.From([0.0, double.NaN, 0, 0, 0, -2], [2, 3]).NonZero());
        Assert.Equal([0, 2], Tensor.Zeros([2, 3]).NonZero().Shape);
        Assert.Equal([1, 0], Tensor.Scalar(2).NonZero().Shape);
        Differentiates(t => t[0].Square().IndexFill(0, Tensor.From([1L]), 3), Draw([2, 3]));
        Differentiates(t => t[0].Square().MaskedSelect(mask), Draw([2, 3]));
        Differentiates(t => t[0].Square().MaskedScatter(mask, t[1].Square()), Draw([2, 3]), Draw([5]));
    }

    [Fact]
    public void Copies_refuse_what_does_not_fit()
    {
        Tensor x = Numbers(2, 3), mask = Tensor.From([true, false, true]), one = Tensor.From([1L]);
        Says<ShapeException>("index_put: there must be positions for one axis at least and for each at most, but there are 0 tensors of them and x is [2, 3].", () => x.IndexPut([], x));
        Says<ShapeException>("index_put: values must broadcast to the shape of the indices and x's other axes, but they are [2] and should be [1, 3].", () => x.IndexPut([one], Numbers(2)));
        Says<ShapeException>("index_put: the shapes of the indices must broadcast, but they are [2] and [3].", () => x.IndexPut([Tensor.From([0L, 1]), Tensor.From([0L, 1, 2])], x));
        Says<ArgumentOutOfRangeException>("index_put: indices must be from 0 to 1, but the index at [0] is 2.", () => x.IndexPut([one * 2, one], x[0, 0]));
        Says<DTypeException>("index_put: indices must be I64 or I32, but they are F64.", () => x.IndexPut([x], x));
        Says<DTypeException>("index_put: x must hold numbers to be added to, but it is Bool.", () => mask.IndexPut([one], mask[0], accumulate: true));
        Says<ShapeException>("index_fill: indices must have one axis, but they are [1, 1].", () => x.IndexFill(0, one.Reshape(1, 1), 0));
        Says<ArgumentOutOfRangeException>("index_fill: indices must be from 0 to 1, but the index at [0] is 2.", () => x.IndexFill(0, one * 2, 0));
        Says<DTypeException>("masked_select: the mask must be Bool, but it is F64. Hint: compare, as in mask.NotEqualTo(0).", () => x.MaskedSelect(x));
        Says<ShapeException>("masked_select: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are [2] and [3].", () => Numbers(2).MaskedSelect(mask));
        Says<ShapeException>("masked_scatter: the mask must broadcast to x, but it is [3] and x is [2, 1].", () => Numbers(2, 1).MaskedScatter(mask, x));
        Says<ShapeException>("masked_scatter: the source must have an element for each true of the mask, but it is [3] and 4 are true.", () => x.MaskedScatter(mask, Numbers(3)));
        Says<DTypeException>("masked_scatter: the source must have x's element type, but it is I64 and x is F64.", () => x.MaskedScatter(mask, one));
    }

    [Fact]
    public void Triangles_of_ones_are_masks()
    {
        Tensor past = Tensor.Ones([3, 3], DType.Bool).Tril();
        Assert.Equal(DType.Bool, past.DType);
        Holds([3, 3], [1, 0, 0, 1, 1, 0, 1, 1, 1], past);
        Holds([3, 3], [0, 1, 1, 0, 0, 1, 0, 0, 0], Tensor.Ones([3, 3], DType.Bool).Triu(1));
    }

    static void Says<TException>(string sentence, Action act) where TException : Exception => Assert.Equal(sentence, Assert.Throws<TException>(act).Message);

    static void Says<TException>(string sentence, Func<Tensor> act) where TException : Exception => Assert.Equal(sentence, Assert.Throws<TException>(act).Message);
}

[Collection(Alone.Name)]
public class IndexedWritingThreadTests
{
    [Fact]
    public void The_same_write_stays_on_any_number_of_threads()
    {
        var random = new Generator(3);
        Tensor x = random.Normal([50, 5000]), source = random.Normal([300, 5000]), rows = random.Integers([300], 0, 50);
        int before = Adjoint.Kernels.Parallel.Threads;
        try
        {
            Adjoint.Kernels.Parallel.Threads = 1;
            float[] one = x.IndexCopy(0, rows, source).ToArray<float>();
            foreach (int threads in (int[])[2, 4])
            {
                Adjoint.Kernels.Parallel.Threads = threads;
                Assert.Equal(one, x.IndexCopy(0, rows, source).ToArray<float>());
            }
        }
        finally { Adjoint.Kernels.Parallel.Threads = before; }
    }
}
