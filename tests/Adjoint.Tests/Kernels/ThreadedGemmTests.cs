using Adjoint.Kernels.Gemm;
using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Kernels;

[Collection(Alone.Name)]
public sealed unsafe class ThreadedGemmTests
{
    [Theory]
    [InlineData(1, 300, 310, 290)]
    [InlineData(1, 1, 3000, 900)]
    [InlineData(1, 3000, 1, 900)]
    [InlineData(9, 70, 80, 90)]
    [InlineData(2, 300, 310, 290)]
    public void Any_number_of_threads_gives_the_same_bits(int batch, int m, int n, int k)
    {
        int before = Parallel.Threads;
        try
        {
            foreach (bool transposed in new[] { false, true })
            {
                var all = new List<float[]>();
                foreach (int threads in new[] { 1, 2, 4 })
                {
                    Parallel.Threads = threads;
                    all.Add(new GemmCase<float, float>(m, n, k, !transposed, transposed, batch: batch).Run(Gemm.RunBatched).C);
                }
                Assert.Equal(all[0].Select(BitConverter.SingleToInt32Bits), all[1].Select(BitConverter.SingleToInt32Bits));
                Assert.Equal(all[0].Select(BitConverter.SingleToInt32Bits), all[2].Select(BitConverter.SingleToInt32Bits));
            }
        }
        finally { Parallel.Threads = before; }
    }

    [Theory]
    [InlineData(96, 64, 768)]
    [InlineData(130, 65, 1537)]
    [InlineData(513, 128, 2048)]
    public void Products_of_many_steps_give_the_same_bits_and_what_the_reference_does(int m, int n, int k)
    {
        int before = Parallel.Threads;
        try
        {
            foreach (bool accumulate in new[] { false, true })
            {
                var all = new List<float[]>();
                foreach (int threads in new[] { 1, 2, 3, 4 })
                {
                    Parallel.Threads = threads;
                    var test = new GemmCase<float, float>(m, n, k, aTransposed: true, pad: 3, cNaN: !accumulate) { Accumulate = accumulate };
                    test.Run(One).Check();
                    all.Add(test.C);
                    new GemmCase<double, double>(m, n, k, aTransposed: true, pad: 3, cNaN: !accumulate) { Accumulate = accumulate }.Run(One).Check();
                }

                foreach (float[] c in all) Assert.Equal(all[0].Select(BitConverter.SingleToInt32Bits), c.Select(BitConverter.SingleToInt32Bits));
            }
        }
        finally { Parallel.Threads = before; }

        static void One<T>(long batch, long m, long n, long k, Matrix<T> a, long aStep, Matrix<T> b, long bStep, T* c, long ldc, long cStep, bool accumulate) where T : unmanaged =>
            Gemm.Run(m, n, k, a, b, c, ldc, accumulate);
    }

    [Theory]
    [InlineData(1, 16, 64, 32)]
    [InlineData(1, 300, 310, 290)]
    [InlineData(1, 1, 900, 900)]
    [InlineData(8, 60, 70, 80)]
    public void Calls_after_the_first_allocate_nothing(int batch, int m, int n, int k)
    {
        var test = new GemmCase<double, double>(m, n, k, bTransposed: true, batch: batch);
        long bytes = -1;
        test.Run(Often);
        Assert.Equal(0, bytes);

        void Often(long batch, long m, long n, long k, Matrix<double> a, long aStep, Matrix<double> b, long bStep, double* c, long ldc, long cStep, bool accumulate) =>
            bytes = Allocations.Of(() => Gemm.RunBatched(batch, m, n, k, a, aStep, b, bStep, c, ldc, cStep, accumulate));
    }
}
