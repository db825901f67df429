using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>The type of a result of two types: the array API standard's table, with its two gaps filled.</summary>
/// <remarks>The standard leaves integers beside floats open, here the float wins; and it has no half types, here two different ones meet in F32. Bool beside a number gives the number.</remarks>
public class PromotionTests
{
    static readonly DType[] Order = [DType.Bool, DType.U8, DType.I32, DType.I64, DType.F16, DType.BF16, DType.F32, DType.F64];

    static readonly string[] Table =
    [
        //         Bool U8   I32  I64  F16  BF16 F32  F64
        "Bool Bool U8   I32  I64  F16  BF16 F32  F64",
        "U8   U8   U8   I32  I64  F16  BF16 F32  F64",
        "I32  I32  I32  I32  I64  F16  BF16 F32  F64",
        "I64  I64  I64  I64  I64  F16  BF16 F32  F64",
        "F16  F16  F16  F16  F16  F16  F32  F32  F64",
        "BF16 BF16 BF16 BF16 BF16 F32  BF16 F32  F64",
        "F32  F32  F32  F32  F32  F32  F32  F32  F64",
        "F64  F64  F64  F64  F64  F64  F64  F64  F64",
    ];

    [Fact]
    public void Results_have_the_type_of_the_table_whichever_comes_first_and_whatever_the_shapes()
    {
        for (int row = 0; row < 8; row++)
        {
            DType[] expected = [.. Table[row].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<DType>)];
            Assert.Equal(Order[row], expected[0]);
            for (int column = 0; column < 8; column++)
            {
                DType a = Order[row], b = Order[column], result = expected[1 + column];
                string pair = $"{a} and {b}: {result}";
                Assert.Equal(pair, $"{a} and {b}: {a.Promote(b)}");
                Tensor x = Tensor.Ones([2, 1], a), y = Tensor.Ones([3], b);
                Assert.Equal(pair, $"{a} and {b}: {x.Maximum(y).DType}");
                Assert.Equal(pair, $"{a} and {b}: {x.Maximum(Tensor.Ones([], b)).DType}");
                Assert.Equal(pair, $"{a} and {b}: {(x * y).DType}");
                Assert.Equal(DType.Bool, x.EqualTo(y).DType);
                Assert.Equal(result.IsFloat ? result : DType.F32, (x / y).DType);
            }
        }
    }
}
