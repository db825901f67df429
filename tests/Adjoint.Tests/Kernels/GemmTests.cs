using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Gemm;
using Xunit;

namespace Adjoint.Tests.Kernels;

public sealed unsafe class GemmTests
{
    static void One<T>(long batch, long m, long n, long k, Matrix<T> a, long aStep, Matrix<T> b, long bStep, T* c, long ldc, long cStep, bool accumulate)
        where T : unmanaged =>
        Gemm.Run(m, n, k, a, b, c, ldc, accumulate);

    static void Check<T>(long m, long n, long k, bool aTransposed, bool bTransposed, int spacing = 1, int pad = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        new GemmCase<T, T>(m, n, k, aTransposed, bTransposed, spacing, pad).Run(One).Check();
        new GemmCase<T, T>(m, n, k, aTransposed, bTransposed, spacing, pad, cNaN: false) { Accumulate = true }.Run(One).Check();
    }

    public static TheoryData<bool, bool> Layouts => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory, MemberData(nameof(Layouts))]
    public void Every_edge_up_to_40(bool aTransposed, bool bTransposed)
    {
        for (int i = 1; i <= 40; i++)
        {
            // Each of m, n and k takes every value, beside values that move at other speeds.
            int j = 1 + i * 7 % 40, l = 1 + i * 11 % 40;
            Check<float>(i, j, l, aTransposed, bTransposed, pad: i % 3);
            Check<double>(j, i, l, aTransposed, bTransposed, pad: i % 4);
            Check<float>(l, j, i, aTransposed, bTransposed);
            Check<double>(i, i, i, aTransposed, bTransposed, pad: 1);
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Sizes_that_are_packed_and_blocked(bool aTransposed, bool bTransposed)
    {
        foreach ((int m, int n, int k) in new[] { (101, 203, 97), (129, 97, 300), (37, 259, 530), (211, 33, 131), (96, 256, 256), (13, 131, 1030) })
        {
            Check<float>(m, n, k, aTransposed, bTransposed, pad: 5);
            Check<double>(n, m, k, aTransposed, bTransposed, pad: 3);
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void More_rows_or_columns_than_the_workspace_packs_at_once(bool aTransposed, bool bTransposed)
    {
        Check<float>(4500, 40, 300, aTransposed, bTransposed);
        Check<float>(40, 4500, 270, aTransposed, bTransposed);
        Check<double>(2300, 50, 260, aTransposed, bTransposed);
        Check<double>(50, 2300, 260, aTransposed, bTransposed);
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Neither_stride_one(bool aTransposed, bool bTransposed)
    {
        foreach ((int m, int n, int k) in new[] { (1, 9, 5), (9, 1, 5), (5, 7, 3), (33, 70, 40), (130, 140, 300) })
        {
            Check<float>(m, n, k, aTransposed, bTransposed, spacing: 3, pad: 2);
            Check<double>(m, n, k, aTransposed, bTransposed, spacing: 2, pad: 1);
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void One_row_or_one_column(bool aTransposed, bool bTransposed)
    {
        foreach ((int many, int k) in new[] { (1, 1), (3, 100), (17, 1), (1030, 70), (70, 1030), (700, 700), (5, 100_000) })
        {
            Check<float>(1, many, k, aTransposed, bTransposed);
            Check<float>(many, 1, k, aTransposed, bTransposed, pad: 2);
            Check<double>(1, many, k, aTransposed, bTransposed, pad: 1);
            Check<double>(many, 1, k, aTransposed, bTransposed);
        }
    }

    [Fact]
    public void A_strided_vector_too_long_to_gather()
    {
        new GemmCase<float, float>(3, 1, 600_000, pad: 1).Run(One).Check();
        new GemmCase<float, float>(1, 3, 600_000, aTransposed: true, bTransposed: true, pad: 1).Run(One).Check();
    }

    [Fact]
    public void No_steps_is_zero_or_leaves_C()
    {
        new GemmCase<float, float>(5, 7, 0, pad: 2).Run(One).Check();
        new GemmCase<double, double>(5, 7, 0, pad: 2, cNaN: false) { Accumulate = true }.Run(One).Check();
        new GemmCase<float, float>(5, 7, 0, batch: 3).Run(Gemm.RunBatched).Check();
    }

    [Fact]
    public void No_rows_or_no_columns_writes_nothing()
    {
        new GemmCase<float, float>(0, 7, 3).Run(One).Check();
        new GemmCase<float, float>(7, 0, 3, pad: 2).Run(One).Check();
        new GemmCase<float, float>(7, 3, 3, batch: 0).Run(Gemm.RunBatched).Check();
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Batches_and_shared_operands(bool aTransposed, bool bTransposed)
    {
        foreach ((int batch, int m, int n, int k) in new[] { (1, 3, 4, 5), (7, 3, 4, 5), (37, 16, 17, 18), (5, 64, 65, 66), (3, 1, 40, 9), (4, 40, 1, 9), (2, 257, 260, 258) })
            foreach ((bool shareA, bool shareB) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                new GemmCase<float, float>(m, n, k, aTransposed, bTransposed, batch: batch, shareA: shareA, shareB: shareB).Run(Gemm.RunBatched).Check();
                new GemmCase<double, double>(m, n, k, aTransposed, bTransposed, pad: 2, cNaN: false, batch: batch, shareA: shareA, shareB: shareB) { Accumulate = true }
                    .Run(Gemm.RunBatched).Check();
            }
    }

    [Fact]
    public void A_large_batched_product_is_split_inside() =>
        new GemmCase<float, float>(260, 270, 250, batch: 2, bTransposed: true).Run(Gemm.RunBatched).Check();

    [Theory, MemberData(nameof(Layouts))]
    public void Half_types_widen_to_float(bool aTransposed, bool bTransposed)
    {
        foreach ((int m, int n, int k) in new[] { (1, 1, 1), (1, 40, 30), (40, 1, 30), (5, 6, 7), (13, 35, 17), (33, 70, 300), (130, 100, 70) })
            foreach (int spacing in new[] { 1, 2 })
            {
                new GemmCase<BFloat16, float>(m, n, k, aTransposed, bTransposed, spacing, pad: 1).Run(Gemm.RunBatched).Check();
                new GemmCase<Half, float>(m, n, k, aTransposed, bTransposed, spacing, pad: 1, cNaN: false) { Accumulate = true }.Run(One).Check();
                new GemmCase<Half, float>(m, n, k, aTransposed, bTransposed, spacing, batch: 3).Run(Gemm.RunBatched).Check();
            }

        static void One(long batch, long m, long n, long k, Matrix<float> a, long aStep, Matrix<float> b, long bStep, float* c, long ldc, long cStep, bool accumulate) =>
            Gemm.Run(m, n, k, a, b, c, ldc, accumulate);
    }

    [Fact]
    public void Every_half_value_widens_exactly()
    {
        // 65,536 rows of one step times a row of ones; the last row of each count goes through the one-at-a-time path too.
        foreach (int width in new[] { 2, 7 })
        {
            ushort[] bits = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
            var ones = new Half[width];
            Array.Fill(ones, (Half)1);
            var narrowOnes = new BFloat16[width];
            Array.Fill(narrowOnes, (BFloat16)1f);
            var c = new float[65536 * width];
            fixed (ushort* a = bits)
            fixed (Half* b = ones)
            fixed (BFloat16* narrowB = narrowOnes)
            fixed (float* to = c)
            {
                // The other layout makes the 65,536 values neighbours across the strip, so both ways of packing see them all.
                Gemm.Run(65536, width, 1, new Matrix<float>(a, DType.F16, 1, 65536), new(b, DType.F16, width, 1), to, width, accumulate: false);
                for (int i = 0; i < 65536; i++) Assert.Equal((float)Unsafe.BitCast<ushort, Half>((ushort)i), c[i * width + 1]);
                Gemm.Run(65536, width, 1, new Matrix<float>(a, DType.BF16, 1, 65536), new(narrowB, DType.BF16, width, 1), to, width, accumulate: false);
                for (int i = 0; i < 65536; i++) Assert.Equal((float)Unsafe.BitCast<ushort, BFloat16>((ushort)i), c[i * width + 1]);
            }
        }
    }
}
