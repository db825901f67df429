using System.Runtime.ExceptionServices;

namespace Adjoint.Data;

/// <summary>Makes batches on a thread of its own, a bounded number of them before they are asked for.</summary>
/// <remarks>
/// A thread, not a task: the work is synchronous, tensor scopes belong to threads, and a pool busy with the caller's own work must not
/// starve it. Room is claimed before a batch is made, so that ready batches and the one in the making never exceed the bound.
/// </remarks>
internal sealed class Prefetcher : IDisposable
{
    readonly object _gate = new();
    readonly Queue<Batch> _ready = new();
    readonly Thread _thread;
    ExceptionDispatchInfo? _error;
    bool _stopping, _finished;

    public Prefetcher(Func<long, Batch> make, long start, long end, int ahead)
    {
        _thread = new(() => Work(make, start, end, ahead)) { IsBackground = true, Name = "data loader" };
        _thread.Start();
    }

    /// <summary>Whether the thread still runs.</summary>
    public bool IsRunning => _thread.IsAlive;

    /// <summary>The next batch; waits for it. What the worker threw comes after the batches made before it.</summary>
    public Batch Take(CancellationToken cancellation)
    {
        using CancellationTokenRegistration wake = cancellation.Register(Wake);
        lock (_gate)
        {
            while (_ready.Count == 0 && !_finished)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }

            cancellation.ThrowIfCancellationRequested();
            if (_ready.Count == 0) _error!.Throw();
            Batch batch = _ready.Dequeue();
            Monitor.PulseAll(_gate);
            return batch;
        }
    }

    /// <summary>Stops after the batch in the making, and waits for that.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        foreach (Batch batch in _ready) batch.Release();
        _ready.Clear();
    }

    void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    void Work(Func<long, Batch> make, long start, long end, int ahead)
    {
        try
        {
            for (long index = start; index < end && WaitForRoom(ahead); index++)
            {
                Batch batch = make(index);
                lock (_gate)
                {
                    _ready.Enqueue(batch);
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e)
        {
            _error = ExceptionDispatchInfo.Capture(e);
        }

        lock (_gate)
        {
            _finished = true;
            Monitor.PulseAll(_gate);
        }
    }

    bool WaitForRoom(int ahead)
    {
        lock (_gate)
        {
            while (_ready.Count >= ahead && !_stopping) Monitor.Wait(_gate);
            return !_stopping;
        }
    }
}
