using System.CommandLine;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Bench;

/// <summary><c>cores</c>: how far apart two processors are, that is, what it costs to hand memory from one to the other. On virtual machines it changes while a program runs.</summary>
internal static unsafe class CoresCommand
{
    const int Roundtrips = 20_000, Repeats = 7;

    static readonly long[] Sizes = [256, 4096];

    /// <summary>Of two threads that take turns, whose turn it is: even numbers are the first's.</summary>
    static long Turn;

    public static Command Make()
    {
        var rounds = new Option<int>("--rounds") { Description = "How often to measure, a second apart.", DefaultValueFactory = _ => 5 };
        var command = new Command("cores", "Measures the way from one processor to another: a cache line's there and back, and memory that one of them wrote or read before.") { rounds };
        rounds.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 1) r.AddError($"cores: --rounds must be at least 1, but it is {r.GetValueOrDefault<int>()}.");
        });
        command.SetAction(result =>
        {
            if (Environment.ProcessorCount < 2) throw new InvalidOperationException("cores: it takes two processors to measure the way between them, but this process has one.");
            Console.WriteLine($"a line there and back{string.Concat(Sizes.Select(size => $" | {size,4} KiB, GB/s: read, written by the other  written, written by the other  written, read by the other"))}");
            for (int i = 0; i < result.GetValue(rounds); i++)
            {
                if (i > 0) Thread.Sleep(1000);
                string line = $"{Line() * 1e9,18:0} ns";
                foreach (long size in Sizes) line += $" | {Rate(size, Write, Read),41:0.0}  {Rate(size, Write, Write),29:0.0}  {Rate(size, Read, Write),26:0.0}";
                Console.WriteLine(line);
            }
        });
        return command;
    }

    /// <summary>GB/s of the second of two threads, which do something with the same memory in turn: the median.</summary>
    static double Rate(long size, Action<nint, long> first, Action<nint, long> second)
    {
        long bytes = size << 10;
        nint data = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
        try
        {
            var seconds = new List<double>();
            InTurn(Repeats, () => first(data, bytes), () =>
            {
                long begun = Stopwatch.GetTimestamp();
                second(data, bytes);
                seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            });
            seconds.Sort();
            return bytes / seconds[Repeats / 2] / 1e9;
        }
        finally { NativeMemory.AlignedFree((void*)data); }
    }

    /// <summary>Seconds in which a cache line goes to the other and comes back: the least of some, because threads may begin on one processor.</summary>
    static double Line()
    {
        const int together = 100;
        int turn = 0;
        long begun = 0, least = long.MaxValue;
        InTurn(Roundtrips, Watch, () => { });
        return (double)least / Stopwatch.Frequency / together;

        void Watch()
        {
            if (turn++ % together != 0) return;
            long now = Stopwatch.GetTimestamp();
            if (begun != 0) least = Math.Min(least, now - begun);
            begun = now;
        }
    }

    static void InTurn(int turns, Action first, Action second)
    {
        Turn = 0;
        var other = new Thread(() => Side(0, first));
        other.Start();
        Side(1, second);
        other.Join();

        void Side(int number, Action act)
        {
            for (long turn = number; turn < 2L * turns; turn += 2)
            {
                while (Volatile.Read(ref Turn) != turn) { }
                act();
                Volatile.Write(ref Turn, turn + 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Read(nint data, long bytes)
    {
        Vector512<int> a = default, b = default;
        for (nint p = data, end = data + (nint)bytes; p < end; p += 128)
        {
            a ^= *(Vector512<int>*)p;
            b ^= *(Vector512<int>*)(p + 64);
        }

        GC.KeepAlive(Vector512.Sum(a ^ b));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Write(nint data, long bytes)
    {
        for (nint p = data, end = data + (nint)bytes; p < end; p += 64) *(Vector512<int>*)p = Vector512<int>.One;
    }
}
