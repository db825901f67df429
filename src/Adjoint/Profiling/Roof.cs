using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Profiling;

/// <summary>What this machine can do at most: arithmetic in F32 that stays in registers, and copying memory that fits no cache.</summary>
/// <remarks>No program needs less time than its arithmetic by the one and its bytes by the other. Source: Williams, Waterman and Patterson 2009.</remarks>
/// <param name="Gflops">10⁹ floating-point operations a second; multiply-adds count two.</param>
/// <param name="GigabytesPerSecond">10⁹ bytes a second, read and written together.</param>
public sealed record Roof(double Gflops, double GigabytesPerSecond)
{
    const int Steps = 256, Calls = 500, Repeats = 5;
    const long Bytes = 128L << 20;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.2);
    static readonly ConcurrentDictionary<int, Lazy<Roof>> Known = new();

    /// <summary>The roof over some threads, measured at the first need: half a second and 256 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not positive.</exception>
    public static Roof Of(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Known.GetOrAdd(threads, count => new(() => Measure(count))).Value;
    }

    static Roof Measure(int threads)
    {
        int before = Kernels.Parallel.Threads;
        Kernels.Parallel.Threads = threads;
        try
        {
            return new(Multiply.Flops * threads / Fastest(() => Kernels.Parallel.For(threads, default(Multiply))) / 1e9, 2.0 * Bytes / CopyTime() / 1e9);
        }
        finally
        {
            Kernels.Parallel.Threads = before;
        }
    }

    static unsafe double CopyTime()
    {
        float* from = Zeros(), to = Zeros();
        try
        {
            return Fastest(() => Kernels.Parallel.For(Bytes / Copy.ChunkBytes, new Copy(from, to)));
        }
        finally
        {
            Kernels.AlignedMemory.Free(from);
            Kernels.AlignedMemory.Free(to);
        }
    }

    static unsafe float* Zeros()
    {
        void* memory = Kernels.AlignedMemory.Take(Bytes);
        NativeMemory.Clear(memory, (nuint)Bytes);       // the pages are there from now on
        return (float*)memory;
    }

    static double Fastest(Action work)
    {
        double best = double.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < Repeats || Stopwatch.GetElapsedTime(begin) < Patience; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    /// <summary>Past the caches: an ordinary store would first read what it overwrites, and a third of the traffic would not be counted.</summary>
    readonly unsafe struct Copy(float* from, float* to) : IChunks
    {
        public const long ChunkBytes = 1 << 20;

        public void Run(long chunk)
        {
            const long Elements = ChunkBytes / sizeof(float);
            float* source = from + (chunk * Elements), target = to + (chunk * Elements);
            for (long i = 0; i < Elements; i += Vector256<float>.Count) Vector256.LoadAligned(source + i).StoreAlignedNonTemporal(target + i);
        }
    }

    /// <summary>The micro-kernel of matrix products, on operands that stay in a cache and sums that stay in registers.</summary>
    readonly unsafe struct Multiply : IChunks
    {
        public static double Flops => 2.0 * Steps * Calls * Rows * Columns;

        static int Rows => Vector512.IsHardwareAccelerated ? 12 : 6;

        static int Columns => 2 * (Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1);

        public void Run(long chunk)
        {
            if (Vector512.IsHardwareAccelerated) Run<Wide512<float>, Tile12x2>();
            else if (Vector256.IsHardwareAccelerated) Run<Wide256<float>, Tile6x2>();
            else if (Vector128.IsHardwareAccelerated) Run<Wide128<float>, Tile6x2>();
            else Run<Lane<float>, Tile6x2>();
        }

        static void Run<TLanes, TTile>() where TLanes : unmanaged, ILanes<TLanes, float> where TTile : struct, ITileShape
        {
            int rows = Rows, columns = Columns, size = (Steps * (rows + columns)) + (rows * columns);
            float* memory = stackalloc float[size];
            new Span<float>(memory, size).Clear();
            float* a = memory, b = a + (Steps * rows), c = b + (Steps * columns);
            for (int i = 0; i < Calls; i++) MicroKernel.Run<TLanes, float, TTile, float>(Steps, a, 1, rows, b, columns, c, columns, null, 0);
        }
    }
}
