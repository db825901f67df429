namespace Adjoint;

/// <summary>What is computed for a message or a measure while this is open is neither recorded nor observed, and leaves nothing behind.</summary>
internal readonly ref struct Quiet : IDisposable
{
    readonly OperationObserver? _observer;
    readonly bool _recording;
    readonly Scope _scope;

    public Quiet()
    {
        (_observer, _recording) = (OperationObserver.Current, GradMode.IsRecording);
        OperationObserver.Current = null;
        GradMode.IsRecording = false;
        _scope = Scope.Begin("statistics");
    }

    public void Dispose()
    {
        _scope.Dispose();
        GradMode.IsRecording = _recording;
        OperationObserver.Current = _observer;
    }
}
