using Adjoint.Kernels;
using Adjoint.Kernels.Gemm;
using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Kernels;

/// <summary>What an epilogue makes of a product is what the formula would have made of the stored product, to the bit.</summary>
[Collection(Alone.Name)]
public sealed unsafe class GemmEpilogueTests
{
    // In one block and in several, of steps, rows and columns; by tiles and by panels of rows and of columns; without steps; and as a product of a matrix and a vector.
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 5, 7, 3 }, { 12, 32, 16 }, { 130, 100, 70 }, { 300, 40, 500 }, { 37, 900, 801 }, { 700, 50, 60 }, { 3, 3000, 40 }, { 400, 2900, 30 }, { 2900, 40, 500 }, { 40, 2900, 500 }, { 4, 9, 0 }, { 1, 40, 30 }, { 40, 1, 30 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void A_formula_with_a_row_a_matrix_and_a_number_in_mixed_types(int m, int n, int k)
    {
        // sum·scale + bias + residual, and its square as a second result.
        Formula formula = Formula.Of((sum, bias, residual, scale) => new[] { (sum * scale) + bias + residual, sum * sum });
        var random = new Generator(5);
        Tensor a = random.Normal([m, k]), b = random.Normal([n, k]).To(DType.BF16), bias = random.Normal([n]).To(DType.F16), residual = random.Normal([m, n]).To(DType.BF16), scale = Tensor.From([0.75f], [1]);
        Tensor plain = a.MatMul(b.To(DType.F32).T);
        var map = new Adjoint.Ops.Map(formula);
        Tensor[] expected = map.ApplyAll(plain, bias.To(DType.F32), residual.To(DType.F32), scale);
        Tensor first = Tensor.Zeros([m, n], DType.F16), second = Tensor.Zeros([m, n]), c = Tensor.Full([m, n], double.NaN);

        Elementwise.Slot* slots = stackalloc Elementwise.Slot[6];
        slots[0] = new() { DType = DType.F32, Bytes = 4, Native = true };
        slots[1] = Slot(bias, 0);
        slots[2] = Slot(residual, n);
        slots[3] = Slot(scale, 0) with { Scalar = true };
        slots[4] = Slot(first, n);
        slots[5] = Slot(second, n);
        Epilogue after = new(formula, DType.F32, slots, (long)m * n);
        // With sums in memory, and with sums that are nowhere.
        foreach (nint sums in new nint[] { (nint)c.Data, 0 })
        {
            first.Fill(9);
            second.Fill(9);
            Gemm.Affine(m, n, k, new Matrix<float>(a.Data, DType.F32, k, 1), new(b.Data, DType.BF16, 1, k), null, (float*)sums, n, &after);
            Assert.Equal(expected[0].To(DType.F16).ToArray<Half>(), first.ToArray<Half>());
            Assert.Equal(expected[1].ToArray<float>(), second.ToArray<float>());
        }

        static Elementwise.Slot Slot(Tensor x, long rowStride) => new() { Data = (byte*)x.Data, DType = x.DType, Bytes = x.DType.Bytes, Native = x.DType == DType.F32, RowStride = rowStride };
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Sums_are_rounded_once_to_the_type_of_the_result_on_any_number_of_threads(int m, int n, int k)
    {
        var random = new Generator(6);
        Tensor x = random.Normal([m, k]).To(DType.BF16), weight = random.Normal([n, k]), bias = random.Normal([n]);
        BFloat16[] expected = x.To(DType.F32).Linear(weight, bias).To(DType.BF16).ToArray<BFloat16>();
        int before = Parallel.Threads;
        try
        {
            foreach (int threads in new[] { 1, 2, 4 })
            {
                Parallel.Threads = threads;
                Assert.Equal(expected, new Adjoint.Ops.Linear(DType.BF16).Apply(x, weight, bias).ToArray<BFloat16>());
                // In place or packed, the order of summation is the same, so these are the same bits too.
                Assert.Equal(x.To(DType.F32).MatMul(weight.T).To(DType.BF16).ToArray<BFloat16>(), new Adjoint.Ops.MatMul(DType.BF16).Apply(x, weight.T).ToArray<BFloat16>());
            }
        }
        finally { Parallel.Threads = before; }
    }
}
