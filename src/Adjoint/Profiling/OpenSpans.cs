using System.Diagnostics;

namespace Adjoint.Profiling;

/// <summary>The spans that have begun and not ended, the innermost last.</summary>
/// <param name="trace">Where all spans are kept in the order of their beginning, if they are.</param>
internal sealed class OpenSpans(List<ProfileSpan>? trace)
{
    readonly List<ProfileSpan> _spans = [];
    readonly List<ProfileSpan> _calls = [];      // those that are module calls

    /// <summary>The clock's ticks that the profile has taken.</summary>
    public long ProfilingTicks { get; private set; }

    public ProfileSpan? Innermost => _spans is [.., var span] ? span : null;

    public ProfileSpan? InnermostCall => _calls is [.., var call] ? call : null;

    public bool Has(SpanKind kind) => LastOf(kind) >= 0;

    /// <summary>Begins a span; from here on the time is its own.</summary>
    /// <param name="span">The span.</param>
    /// <param name="since">When the profile was told.</param>
    public void Begin(ProfileSpan span, long since)
    {
        CutOperation(since);
        _spans.Add(span);
        if (span.Kind == SpanKind.Module) _calls.Add(span);
        trace?.Add(span);
        span.Begin = Stopwatch.GetTimestamp();
        ProfilingTicks += span.Begin - since;
    }

    /// <summary>Ends the innermost span of a kind; those that an exception left open inside are cut.</summary>
    public ProfileSpan? End(SpanKind kind, long now)
    {
        int last = LastOf(kind);
        if (last < 0) return null;
        while (_spans.Count > last + 1) Cut(_spans[^1], now);
        ProfileSpan span = _spans[last];
        Close(span, now);
        return span;
    }

    /// <summary>What follows is not the profile's time any more.</summary>
    public void Done(long since) => ProfilingTicks += Stopwatch.GetTimestamp() - since;

    public void CutAll(long now)
    {
        while (Innermost is { } span) Cut(span, now);
    }

    int LastOf(SpanKind kind)
    {
        int last = _spans.Count - 1;
        while (last >= 0 && _spans[last].Kind != kind) last--;
        return last;
    }

    // Operations do not lie in each other: one that is still open has thrown.
    void CutOperation(long now)
    {
        if (Innermost is { Kind: SpanKind.Operation } span) Cut(span, now);
    }

    void Cut(ProfileSpan span, long now)
    {
        if (span.Op is { } op) span.Name = op.Name;
        span.IsCut = true;
        Close(span, now);
    }

    void Close(ProfileSpan span, long now)
    {
        span.End = now;
        _spans.RemoveAt(_spans.Count - 1);
        if (span.Kind == SpanKind.Module) _calls.RemoveAt(_calls.Count - 1);
    }
}
