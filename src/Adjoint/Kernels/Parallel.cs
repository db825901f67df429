using System.Diagnostics;

namespace Adjoint.Kernels;

/// <summary>A loop body: chunk <c>i</c> of a range, safe to run beside any other chunk.</summary>
internal interface IChunks
{
    void Run(long chunk);
}

/// <summary>The one place where work is spread over threads.</summary>
/// <remarks>
/// Chunks are defined by the caller from sizes alone, never from the number of threads, and every result is written by
/// exactly one chunk: so 1 and N threads give the same bits. Workers are started once, wait spinning for a moment (the next
/// loop usually follows at once, and waking a thread costs as much as a small loop) and then sleep. Every thread begins with its
/// own share of the range, the same in every loop of that length: what it wrote in one loop is still in its cache in the next,
/// and nobody else's, who would have to give it up before it could be written again.
/// A loop inside a loop, or beside another thread's loop, runs on its own thread.
/// </remarks>
internal static class Parallel
{
    /// <summary>Elements that make a chunk of a loop over elements: few enough that a loop of some chunks is cut evenly.</summary>
    public const long ElementGrain = 16 * 1024;

    /// <summary>Elementwise loops of no more elements than this are not worth waking a thread for.</summary>
    public const long FewElements = 2 * ElementGrain;

    /// <summary>How long a thread that waits keeps its processor, in microseconds.</summary>
    const long Patience = 200;

    /// <summary>How long another thread's share is left alone at most, in ticks of the clock: see <see cref="Job.Help"/>.</summary>
    static readonly long LongestGrace = 30 * Stopwatch.Frequency / 1_000_000;

    static readonly Lock Gate = new();
    static readonly List<Thread> Workers = [];
    static readonly SemaphoreSlim Wake = new(0);
    static volatile Job? Current;
    static int Round, Sleeping;     // loops begun so far; workers that have given up spinning
    static int Limit = Environment.ProcessorCount;

    [ThreadStatic]
    static bool Inside;

    /// <summary>The number of threads that loops may use, the caller's included.</summary>
    public static int Threads
    {
        get => Limit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            lock (Gate) Limit = value;
        }
    }

    /// <summary>Runs chunks 0 … <paramref name="chunks"/>−1, each once, in any order, and returns when all are done.</summary>
    public static void For<TBody>(long chunks, TBody body) where TBody : struct, IChunks
    {
        if (chunks <= 1 || Limit == 1 || Inside || !Gate.TryEnter())
        {
            for (long i = 0; i < chunks; i++) body.Run(i);
            return;
        }

        try
        {
            Job<TBody> job = Job<TBody>.Instance;
            job.Body = body;
            Share(job, chunks);
        }
        finally { Gate.Exit(); }
    }

    static void Share(Job job, long chunks)
    {
        int helpers = (int)Math.Min(Limit - 1, chunks - 1);
        while (Workers.Count < helpers) StartWorker();
        job.Begin(chunks, helpers);
        Current = job;
        Interlocked.Increment(ref Round);
        int asleep = Volatile.Read(ref Sleeping);
        if (asleep > 0) Wake.Release(Math.Min(asleep, helpers));
        job.Help(0);
        Current = null;
        job.End();
    }

    static void StartWorker()
    {
        int number = Workers.Count + 1;
        var thread = new Thread(() => Work(number)) { IsBackground = true, Name = $"adjoint {number}" };
        Workers.Add(thread);
        thread.Start();
    }

    static void Work(int number)
    {
        for (int seen = 0; ; )
        {
            if (!Spin(seen)) Sleep(seen);
            seen = Volatile.Read(ref Round);
            if (Current is { } job && job.TryJoin())
            {
                job.Help(number);
                job.Leave();
            }
        }
    }

    /// <summary>Whether a loop began while patience lasted.</summary>
    static bool Spin(int seen)
    {
        for (long end = Stopwatch.GetTimestamp() + (Patience * Stopwatch.Frequency / 1_000_000); Stopwatch.GetTimestamp() < end;)
        {
            if (Volatile.Read(ref Round) != seen) return true;
            Thread.SpinWait(1);
        }

        return false;
    }

    /// <summary>Counted as asleep before the last look: whoever begins a loop either is seen, or sees the sleeper.</summary>
    static void Sleep(int seen)
    {
        Interlocked.Increment(ref Sleeping);
        if (Volatile.Read(ref Round) == seen) Wake.Wait();
        Interlocked.Decrement(ref Sleeping);
    }

    abstract class Job
    {
        /// <summary>Counters of different threads are this far apart, so that they do not share a cache line, nor the one fetched with it.</summary>
        const int Apart = 16;

        long[] _next = [];      // of each share, the chunk that is taken next
        long _chunks;
        int _shares, _places, _running;
        Exception? _failure;

        public abstract void Run(long chunk);

        public void Begin(long chunks, int places)
        {
            _failure = null;
            _chunks = chunks;
            _shares = places + 1;
            if (_next.Length < _shares * Apart) _next = new long[_shares * Apart];
            for (int i = 0; i < _shares; i++) _next[i * Apart] = First(i);
            Volatile.Write(ref _places, places);
        }

        /// <summary>The first chunk of a share, and the end of the one before.</summary>
        long First(int share) => _chunks / _shares * share + Math.Min(share, _chunks % _shares);

        /// <summary>A worker that woke too late for its job must not enter the one that came after: places are counted.</summary>
        public bool TryJoin()
        {
            if (Volatile.Read(ref _places) <= 0) return false;
            Interlocked.Increment(ref _running);
            if (Interlocked.Decrement(ref _places) >= 0) return true;
            Interlocked.Decrement(ref _running);
            return false;
        }

        public void Leave() => Interlocked.Decrement(ref _running);

        /// <summary>Runs this thread's share, then what is left of the others'.</summary>
        /// <remarks>
        /// What a thread takes from another's share, the other has to fetch back in the loops that follow, and is late again: therefore one that has begun its
        /// share is left alone for a while, a quarter of the time that this thread's took, unless that is long: then it has more to do than to fetch.
        /// </remarks>
        public void Help(int thread)
        {
            Inside = true;
            try
            {
                long begun = Stopwatch.GetTimestamp();
                Take(thread % _shares);
                long now = Stopwatch.GetTimestamp(), until = now + Math.Min((now - begun) / 4, LongestGrace);
                for (int i = 1; i < _shares; i++)
                {
                    int share = (thread + i) % _shares;
                    while (IsUnderWay(share) && Stopwatch.GetTimestamp() < until) Thread.SpinWait(8);
                    Take(share);
                }
            }
            catch (Exception e)
            {
                _failure = e;
                for (int i = 0; i < _shares; i++) Volatile.Write(ref _next[i * Apart], _chunks);
            }
            finally { Inside = false; }
        }

        void Take(int share)
        {
            ref long next = ref _next[share * Apart];
            long end = First(share + 1);
            for (long chunk; (chunk = Interlocked.Increment(ref next) - 1) < end;) Run(chunk);
        }

        /// <summary>Whether some of a share's chunks have been taken, and some not.</summary>
        bool IsUnderWay(int share)
        {
            long next = Volatile.Read(ref _next[share * Apart]);
            return next > First(share) && next < First(share + 1);
        }

        public void End()
        {
            // A full fence: the places must be seen closed before the count of those who got in is read.
            Interlocked.Exchange(ref _places, 0);
            // Its worker may have lost its processor: then this one is for others meanwhile.
            for (long begun = Stopwatch.GetTimestamp(); Volatile.Read(ref _running) != 0;)
            {
                if (Stopwatch.GetElapsedTime(begun).TotalMicroseconds < Patience) Thread.SpinWait(1);
                else Thread.Yield();
            }

            if (_failure is { } e) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        }
    }

    /// <summary>One per body type, reused: a loop allocates nothing.</summary>
    sealed class Job<TBody> : Job where TBody : struct, IChunks
    {
        public static readonly Job<TBody> Instance = new();
        public TBody Body;

        public override void Run(long chunk) => Body.Run(chunk);
    }
}
