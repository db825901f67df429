namespace Adjoint.Profiling;

/// <summary>What was measured of one operation in one module and phase; times in ticks of the clock.</summary>
internal sealed class Tally
{
    public long Calls { get; private set; }

    /// <summary>From begin to end.</summary>
    public long Total { get; private set; }

    /// <summary>In operations.</summary>
    public long Self { get; private set; }

    public long Flops { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Time from a begin to an end; of a call that was counted already, or not.</summary>
    public void Add(long ticks, bool isCall = true)
    {
        Total += ticks;
        if (isCall) Calls++;
    }

    /// <summary>An operation's own time and cost.</summary>
    public void AddOwn(ProfileSpan span)
    {
        Self += span.Ticks;
        Flops += span.Flops;
        Bytes += span.Bytes;
    }

    public void Add(Tally other)
    {
        Calls += other.Calls;
        Total += other.Total;
        Self += other.Self;
        Flops += other.Flops;
        Bytes += other.Bytes;
    }
}
