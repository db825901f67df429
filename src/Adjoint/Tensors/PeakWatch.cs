namespace Adjoint;

/// <summary>The most that tensors have held since the watch began.</summary>
internal sealed class PeakWatch(long live) : IDisposable
{
    long _peak = live;

    public long Bytes => Volatile.Read(ref _peak);

    public void See(long live) => _peak = Math.Max(_peak, live);

    public void Dispose() => TensorMemory.Forget(this);
}
