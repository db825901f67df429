namespace Adjoint;

/// <summary>Whether operations of this thread are recorded.</summary>
internal static class GradMode
{
    [ThreadStatic]
    static bool Off;

    public static bool IsRecording
    {
        get => !Off;
        set => Off = !value;
    }

    /// <summary>Whether it is the caller who wants no gradients (<see cref="NoGrad"/>), not the library on its way: a model is being evaluated.</summary>
    [ThreadStatic]
    public static bool IsEvaluating;
}

/// <summary>Switches recording off on this thread until disposed: no graph is built and nothing is saved.</summary>
/// <example><code>using (NoGrad.Scope()) { Tensor y = model.Call(x); }</code></example>
public readonly struct NoGrad : IDisposable
{
    readonly bool _before, _evaluating;
    readonly int _thread;       // 0 is no thread: default(NoGrad) has changed nothing

    NoGrad(bool record)
    {
        (_before, _evaluating, _thread) = (GradMode.IsRecording, GradMode.IsEvaluating, Environment.CurrentManagedThreadId);
        (GradMode.IsRecording, GradMode.IsEvaluating) = (record, !record);
    }

    /// <summary>No operation is recorded until the result is disposed.</summary>
    public static NoGrad Scope() => new(record: false);

    /// <summary>Recording is on again inside an outer <see cref="Scope"/>, until the result is disposed.</summary>
    public static NoGrad Suspend() => new(record: true);

    /// <summary>Restores what was before; the default value has nothing to restore.</summary>
    /// <exception cref="InvalidOperationException">This is not the thread on which it began.</exception>
    public void Dispose()
    {
        if (_thread == 0) return;
        if (_thread != Environment.CurrentManagedThreadId) throw new InvalidOperationException($"no grad: recording is switched for one thread, but it was switched on thread {_thread} and is restored on thread {Environment.CurrentManagedThreadId}. Hint: do not await inside it.");
        (GradMode.IsRecording, GradMode.IsEvaluating) = (_before, _evaluating);
    }
}
