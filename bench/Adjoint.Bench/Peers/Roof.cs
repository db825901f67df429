using System.Numerics;
using System.Diagnostics;
using System.Runtime.Intrinsics;
using Adjoint.Kernels;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Bench.Peers;

/// <summary>What this machine can do at most: arithmetic in registers, and copying memory that fits no cache.</summary>
/// <param name="Gflops">Multiply-adds count two.</param>
/// <param name="GigabytesPerSecond">Read and written together.</param>
internal sealed record Roof(double Gflops, double GigabytesPerSecond)
{
    const int Steps = 256, Calls = 20_000, Repeats = 5, MiB = 1 << 20;

    public static unsafe Roof Measure(int threads)
    {
        Cpu.Threads = threads;
        var multiply = new Multiply();
        double flops = 2.0 * Multiply.Flops * Calls * threads / Fastest(() => Kernels.Parallel.For(threads, multiply));
        const long Bytes = 256L * MiB;
        Tensor from = Tensor.Ones([Bytes / 4]), to = Tensor.Zeros([Bytes / 4]);
        double bytes = 2.0 * Bytes / Fastest(() => to.CopyFrom(from));
        return new(flops / 1e9, bytes / 1e9);
    }

    static double Fastest(Action work)
    {
        double best = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    readonly unsafe struct Multiply : IChunks
    {
        public static double Flops => Steps * (Vector512.IsHardwareAccelerated ? 12 * 32 : 6 * 2 * Vector<float>.Count);

        public void Run(long chunk)
        {
            float* memory = stackalloc float[(Steps * (12 + 32)) + (12 * 32)];
            new Span<float>(memory, (Steps * (12 + 32)) + (12 * 32)).Clear();
            float* a = memory, b = a + (Steps * 12), c = b + (Steps * 32);
            for (int i = 0; i < Calls; i++)
            {
                if (Vector512.IsHardwareAccelerated) MicroKernel.Run<Wide512<float>, float, Tile12x2>(Steps, a, 1, 12, b, 32, c, 32, null, 0);
                else if (Vector256.IsHardwareAccelerated) MicroKernel.Run<Wide256<float>, float, Tile6x2>(Steps, a, 1, 6, b, 16, c, 16, null, 0);
                else MicroKernel.Run<Wide128<float>, float, Tile6x2>(Steps, a, 1, 6, b, 8, c, 8, null, 0);
            }
        }
    }
}
