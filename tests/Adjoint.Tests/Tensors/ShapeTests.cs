using Xunit;

namespace Adjoint.Tests.Tensors;

public class ShapeTests
{
    static void Holds(Shape shape, double[] values, Tensor actual)
    {
        Assert.Equal(shape, actual.Shape);
        Assert.Equal(values, actual.ToArray<double>());
    }

    [Fact]
    public void Shapes_are_values()
    {
        Shape a = [2, 3], b = [2, 3];
        Assert.True(a == b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, [3, 2]);
        Assert.Equal("[2, 3]", a.ToString());
        Assert.Equal(6, a.Elements);
        Assert.Equal(1, Shape.Scalar.Elements);
        Assert.Equal(3, a[^1]);
        Assert.Equal(3, a[-1]);
        Assert.Equal(2, a[-2]);
        Assert.Equal([2, 4], a.With(1, 4));
        Assert.Equal([3], a.Without(0));
        Assert.Equal([2, 7, 3], a.Insert(1, 7));
    }

    [Fact]
    public void An_axis_that_does_not_exist_is_named()
    {
        Shape a = [2, 3];
        foreach (int axis in new[] { 2, -3, int.MinValue, int.MaxValue })
            Assert.Equal($"shape: axes are numbered from -2 to 1, but axis {axis} was asked for and the shape is [2, 3].", Assert.Throws<ShapeException>(() => a[axis]).Message);
        Assert.Equal("shape: axes are numbered from -2 to 1, but axis ^0 was asked for and the shape is [2, 3].", Assert.Throws<ShapeException>(() => a[^0]).Message);
        Assert.Equal("shape: an axis must exist to have a size, but axis 0 was asked for and the shape is [].", Assert.Throws<ShapeException>(() => Shape.Scalar[0]).Message);
    }

    [Fact]
    public void Broadcasting_follows_the_last_axes()
    {
        Assert.Equal([4, 2, 3], Shape.Broadcast([2, 3], [4, 1, 3])!);
        Assert.Equal([0, 3], Shape.Broadcast([1, 3], [0, 1])!);
        Assert.Equal([5], Shape.Broadcast([], [5])!);
        Assert.Null(Shape.Broadcast([2, 3], [2]));
    }

    [Fact]
    public void Sizes_that_cannot_be_are_refused()
    {
        Assert.Equal("shape: sizes must not be negative, but they are [2, -1].", Assert.Throws<ShapeException>(() => Shape.Create([2, -1])).Message);
        Assert.Equal("shape: a tensor holds at most 2^63-1 elements, but the sizes are [4294967296, 4294967296].", Assert.Throws<ShapeException>(() => Shape.Create([1L << 32, 1L << 32])).Message);
        Assert.Equal(0, Shape.Create([1L << 32, 1L << 32, 0]).Elements);
    }

    [Fact]
    public void Repeating_and_interleaving()
    {
        Tensor x = Tensor.From(new[,] { { 1.0, 2 }, { 3, 4 } });
        Holds([2, 4], [1, 2, 1, 2, 3, 4, 3, 4], x.Repeat(1, 2));
        Holds([2, 2, 2], [1, 2, 3, 4, 1, 2, 3, 4], x.Repeat(2, 1, 1));
        Holds([0, 2], [], x.Repeat(0, 1));
        Holds([2, 4], [1, 1, 2, 2, 3, 3, 4, 4], x.RepeatInterleave(2, 1));
        Holds([4], [1, 2, 3, 4], x.RepeatInterleave(1));
        Holds([3], [7, 7, 7], Tensor.Scalar(7, DType.F64).Repeat(3));
        Assert.Equal("repeat: there must be a count for each axis, but there are 1 and x is [2, 2].", Assert.Throws<ShapeException>(() => x.Repeat(2)).Message);
    }

    [Fact]
    public void Margins_of_every_mode()
    {
        Tensor x = Tensor.From([1.0, 2, 3]);
        Holds([6], [9, 1, 2, 3, 9, 9], x.Pad([1, 2], value: 9));
        Holds([2], [2, 3], x.Pad([-1, 0]));
        Holds([3], [2, 3, 0], x.Pad([-1, 1]));
        Holds([7], [3, 2, 1, 2, 3, 2, 1], x.Pad([2, 2], PadMode.Reflect));
        Holds([6], [1, 1, 1, 2, 3, 3], x.Pad([2, 1], PadMode.Replicate));
        Holds([6], [2, 3, 1, 2, 3, 1], x.Pad([2, 1], PadMode.Circular));
        Holds([2, 3], [1, 1, 2, 1, 1, 2], Tensor.From(new[,] { { 1.0, 2 } }).Pad([1, 0, 1, 0], PadMode.Replicate));
    }

    [Fact]
    public void Joining_and_taking_apart_are_inverse()
    {
        Tensor x = Tensor.Arange(0, 24, dtype: DType.F64).Reshape(2, 3, 4);
        for (int dim = -3; dim < 3; dim++)
        {
            Holds(x.Shape, x.ToArray<double>(), Tensor.Stack(x.Unbind(dim), dim));
            Holds(x.Shape, x.ToArray<double>(), Tensor.Cat(x.Chunk(2, dim), dim));
            Holds(x.Shape, x.ToArray<double>(), Tensor.Cat(x.Split(2, dim), dim));
            Holds(x.Shape, x.ToArray<double>(), x.Roll(5, dim).Roll(-5, dim));
            Holds(x.Shape, x.ToArray<double>(), x.Flip(dim).Flip(dim));
            Holds(x.Shape, x.ToArray<double>(), x.MoveDim(dim, 0).MoveDim(0, dim));
        }

        Assert.Equal([3, 4, 2], x.MoveDim(0, -1).Shape);
        Assert.Equal<Shape>([[2, 3, 2], [2, 3, 2]], x.Chunk(2, -1).Select(t => t.Shape));
        Assert.Equal<Shape>([[2, 2, 4], [2, 1, 4]], x.Split(2, 1).Select(t => t.Shape));
    }

    [Fact]
    public void The_gradient_of_taking_apart_is_joining_also_where_pieces_go_unused()
    {
        Tensor x = Tensor.Zeros([5], DType.F64).AsParameter();
        Tensor[] pieces = x.Split([1, 3, 1]);
        Holds([5], [0, 7, 8, 9, 0], Gradients.Of(pieces[1], [x], Tensor.From([7.0, 8, 9]))[0]!);
    }
}
