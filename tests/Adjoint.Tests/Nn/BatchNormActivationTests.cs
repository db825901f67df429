using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

/// <summary>A batch norm that takes the activation behind it into its own pass: nobody can tell but by the time.</summary>
public class BatchNormActivationTests
{
    public static TheoryData<string, DType> Cases => new() { { "relu", DType.F32 }, { "sigmoid", DType.F32 }, { "tanh", DType.F64 }, { "gelu", DType.F32 }, { "relu", DType.F64 } };

    [Theory, MemberData(nameof(Cases))]
    public void Values_statistics_and_gradients_have_the_bits_of_both_layers(string activation, DType type)
    {
        foreach (Shape shape in (Shape[])[[5, 3, 6, 7], [9, 3], [2, 3, 2]])
        {
            Tensor x = new Generator(1).Normal(shape, dtype: type), weights = new Generator(2).Normal(shape, dtype: type);
            byte[][] one = Run(together: true), two = Run(together: false);
            Assert.Equal(two, one);

            byte[][] Run(bool together)
            {
                var norm = new BatchNorm(3, dtype: type);
                using (NoGrad.Scope())
                {
                    norm.Weight!.CopyFrom(new Generator(3).Uniform([3], 0.5, 2, type));
                    norm.Bias!.CopyFrom(new Generator(4).Normal([3], dtype: type));
                }

                Layer after = activation switch { "relu" => new Relu(), "sigmoid" => new Sigmoid(), "tanh" => new Tanh(), _ => new Gelu() };
                Sequential both = [norm, after];
                Tensor input = x.Copy().AsParameter();
                Tensor y = together ? both.Call(input) : after.Call(norm.Call(input));
                (y * weights).Sum().Backward();
                both.Eval();
                Tensor still = together ? both.Call(input) : after.Call(norm.Call(input));
                return [.. new[] { y, still, input.Grad!, norm.Weight!.Grad!, norm.Bias!.Grad!, norm.RunningMean, norm.RunningVariance }.Select(t => Formats.SafetensorsTests.Bytes(t.Detach()))];
            }
        }
    }

    [Fact]
    public void One_operation_is_recorded_where_nobody_looks_between_them_and_two_where_somebody_does()
    {
        Sequential both = [new BatchNorm(3), new Relu()];
        Tensor x = new Generator(1).Normal([4, 3, 5]).AsParameter();
        Assert.Equal("batch_norm", Made(both.Call(x)));
        using (both[1].RegisterForwardHook((_, y) => y)) Assert.Equal("relu", Made(both.Call(x)));
        using (Precision.Bfloat16Mixed.Scope()) Assert.Equal("relu", Made(both.Call(x.To(DType.BF16))));
        Sequential other = [new BatchNorm(3), new Gelu()];
        Assert.Equal("gelu", Made(other.Call(x)));

        static string Made(Tensor y) => ((Node)y.Edge.Target!).Op.Name;
    }
}
