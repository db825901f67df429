using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

public class MatMulTests
{
    [Theory]
    [InlineData("4", "4", "")]
    [InlineData("3 4", "4", "3")]
    [InlineData("4", "4 2", "2")]
    [InlineData("2 3 4", "4", "2 3")]
    [InlineData("4", "2 4 3", "2 3")]
    [InlineData("2 1 3 4", "5 4 2", "2 5 3 2")]
    [InlineData("0 4", "4 2", "0 2")]
    public void The_shape_of_the_result_follows_the_operands(string a, string b, string y) =>
        Assert.Equal(Of(y), Tensor.Zeros(Of(a)).MatMul(Tensor.Zeros(Of(b))).Shape);

    [Fact]
    public void Vectors_and_their_gradients()
    {
        Tensor a = Tensor.From([1.0, 2, 3]).AsParameter(), b = Tensor.From([4.0, 5, 6]).AsParameter();
        Tensor y = a.MatMul(b);
        Assert.Equal(32, y.Item());
        y.Backward();
        Assert.Equal([4.0, 5, 6], a.Grad!.ToArray<double>());
        Assert.Equal([1.0, 2, 3], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void Operands_of_any_strides_agree_with_the_reference()
    {
        var random = new Generator(3);
        for (int i = 0; i < 60; i++)
        {
            long Size(int n) => random.NextInteger(n) + 1;
            (long m, long n, long k) = (Size(20), Size(20), Size(20));
            Shape stack = [Size(3), Size(3), Size(3)];
            foreach (DType dtype in new[] { DType.F64, DType.F32 })
            {
                Tensor a = View(random, [.. stack, m, k], dtype), b = View(random, [.. stack, k, n], dtype);
                if (i % 3 == 0) b = View(random, [stack[1], 1, k, n], dtype);
                if (i % 5 == 0) a = View(random, [m, k], dtype).Expand([.. stack, m, k]);
                double error = OperationCheck.Error([a.MatMul(b)], MatMul(a, b));
                Assert.True(error <= (dtype == DType.F64 ? 1e-12 : 1e-5), $"{a.Shape}·{b.Shape}: {error}");
            }
        }
    }

    [Fact]
    public void A_linear_map_of_strided_rows_agrees_with_the_reference()
    {
        var random = new Generator(4);
        Tensor x = random.Normal([5, 3, 4, 7], dtype: DType.F64), weight = random.Normal([7, 6], dtype: DType.F64).T, bias = random.Normal([], dtype: DType.F64).Expand([6]);
        foreach (Tensor view in new[] { x, x.Permute(1, 0, 2, 3), x.Permute(2, 1, 0, 3), x.Permute(0, 2, 1, 3) })
        {
            var op = new Linear();
            double error = OperationCheck.Error([view.Linear(weight, bias)], op.Reference([Plain.From(view), Plain.From(weight), Plain.From(bias)]));
            Assert.True(error <= 1e-12, $"{view.Shape}: {error}");
        }
    }

    static Plain[] MatMul(Tensor a, Tensor b) => new MatMul().Reference([Plain.From(a), Plain.From(b)]);

    /// <summary>A tensor whose axes lie in memory in a random order.</summary>
    static Tensor View(Generator random, Shape shape, DType dtype)
    {
        int[] order = [.. random.Permutation(shape.Rank).Select(axis => (int)axis)];
        int[] back = new int[order.Length];
        for (int i = 0; i < order.Length; i++) back[order[i]] = i;
        return random.Normal(Shape.Create([.. order.Select(axis => shape[axis])]), dtype: dtype).Permute(back);
    }

    static Shape Of(string sizes) => Shape.Create([.. sizes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]);
}
