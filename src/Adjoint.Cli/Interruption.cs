namespace Adjoint.Cli;

/// <summary>Somebody who takes Ctrl-C for himself for a while: an answer that is to end, while the program goes on.</summary>
internal sealed class Interruption : IDisposable
{
    static Interruption? Current;

    readonly CancellationTokenSource _stop;

    /// <summary>From now on, Ctrl-C asks this source to stop.</summary>
    public Interruption(CancellationTokenSource stop)
    {
        _stop = stop;
        Volatile.Write(ref Current, this);
    }

    /// <summary>Gives a Ctrl-C to who wants it.</summary>
    /// <returns>Whether somebody took it.</returns>
    public static bool Take()
    {
        if (Interlocked.Exchange(ref Current, null) is not { } taker) return false;
        taker._stop.Cancel();
        return true;
    }

    /// <summary>Leaves Ctrl-C to the program again.</summary>
    public void Dispose() => Volatile.Write(ref Current, null);
}
