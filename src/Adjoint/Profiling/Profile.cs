using System.Diagnostics;

namespace Adjoint.Profiling;

/// <summary>Records what the operations of its thread take: time, arithmetic and bytes, by operation and by module, forward and backward apart.</summary>
/// <remarks>
/// <para>It begins with <see cref="Record"/> and ends when it is disposed. Recorded are operations, what they belong to (the module whose
/// call ran; backward, the operation whose gradient it is and the module that had called that), module calls, backward passes and optimizer steps. What
/// other threads compute for this one (<see cref="Cpu.Threads"/>) is part of its operations; operations of other threads are not recorded.</para>
/// <para>An operation costs some 0.3 µs more while a profile is open; that is measured too, and no part of the operations' times. The first recording of a
/// process compiles the profile on its way. A <see cref="NanGuard"/> that was made later is measured with the operations it looks at.</para>
/// </remarks>
/// <example><code>
/// Profile profile = Profile.Record();
/// using (profile)
///     for (int i = 0; i &lt; 10; i++) Train();
/// Console.WriteLine(profile.Report());
/// profile.Report().WriteChromeTrace("trace.json");
/// </code></example>
public sealed class Profile : OperationObserver
{
    readonly List<ProfileSpan>? _trace;
    readonly OpenSpans _open;
    readonly ModuleCalls _outside;
    readonly Roof? _roof;
    readonly int _threads = Cpu.Threads, _thread = Environment.CurrentManagedThreadId;
    readonly PeakWatch _peak = TensorMemory.Watch();
    readonly long _liveBefore = TensorMemory.LiveBytes, _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    readonly long _begin;

    ProfileSpan? _update;
    Node? _told, _nested;       // whose gradients were counted last: in the pass, and outside of what the pass tells of
    (long Clock, ProfileMemory Memory)? _end;

    Profile(Roof? roof, bool trace)
    {
        (_roof, _trace, _outside) = (roof, trace ? [] : null, new(this, null, null));
        _open = new(_trace);
        _begin = Stopwatch.GetTimestamp();
    }

    /// <summary>Begins a recording on this thread.</summary>
    /// <param name="roof">What the machine can do at most; <see cref="Roof.Of"/> the present number of threads when omitted, measured when it is first asked for.</param>
    /// <param name="trace">Whether each span is kept for <see cref="ProfileReport.WriteChromeTrace(string)"/>, some hundred bytes each; without, a recording may go on for ever.</param>
    /// <exception cref="InvalidOperationException">This thread is being recorded already.</exception>
    [PyTorch("torch.profiler.profile", "torch.autograd.profiler.profile", Differs = "FLOPs and bytes of all operations, and the share of what the machine can do. Of this thread.")]
    public static Profile Record(Roof? roof = null, bool trace = true)
    {
        if (IsOpen<Profile>()) throw new InvalidOperationException("profile: a thread has one profile at a time, but one is open on this thread. Hint: dispose it first.");
        return new(roof, trace);
    }

    /// <summary>What was recorded until now, or until the profile was disposed. Spans that have not ended are not in it.</summary>
    /// <remarks>To be called on the thread that is recorded, or after the end.</remarks>
    [PyTorch("torch.profiler.profile.key_averages", Differs = "Two tables, by operation and by module; `ToString` prints them.")]
    public ProfileReport Report()
    {
        (long end, ProfileMemory memory) = _end ?? Now();
        return new(_outside, end - _begin, _open.ProfilingTicks, memory, _threads, _roof, _trace is null ? null : new(_trace, _begin, _thread));
    }

    /// <inheritdoc/>
    protected override void Applying(Op op, ReadOnlySpan<Tensor> inputs)
    {
        long now = Stopwatch.GetTimestamp();
        _open.Begin(new(SpanKind.Operation) { Op = op }, now);
    }

    /// <inheritdoc/>
    protected override void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        long now = Stopwatch.GetTimestamp();
        if (_open.Innermost is not { Kind: SpanKind.Operation } span || !ReferenceEquals(span.Op, op)) return;
        _open.End(SpanKind.Operation, now);
        span.Describe(op, inputs, outputs);
        Count(span);
        _open.Done(now);
    }

    /// <inheritdoc/>
    protected override void Recorded(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Note = Where(BackwardPass.Differentiating);
    }

    /// <inheritdoc/>
    protected override void Calling(string module, Type kind)
    {
        long now = Stopwatch.GetTimestamp();
        Node? node = BackwardPass.Differentiating;
        _open.Begin(new(SpanKind.Module) { Name = module, Node = node, Module = Where(node).Of(module, kind), Phase = PhaseOf(node) }, now);
    }

    /// <inheritdoc/>
    protected override void Called()
    {
        long now = Stopwatch.GetTimestamp();
        if (_open.End(SpanKind.Module, now) is not { } span) return;     // it began before the profile
        if (_open.Innermost is { Kind: SpanKind.Gradient } gradient) gradient.Foreign += span.Ticks;
        span.Module!.Calls(span.Phase).Add(span.Ticks);
        _open.Done(now);
    }

    /// <inheritdoc/>
    protected override void BackwardStarting(Tensor root, Tensor gradient)
    {
        long now = Stopwatch.GetTimestamp();
        if (_open.Has(SpanKind.Pass)) return;       // another root of the same pass
        _open.Begin(new(SpanKind.Pass) { Name = "backward", Phase = ProfilePhase.Backward }, now);
    }

    /// <inheritdoc/>
    protected override void BackwardEnded()
    {
        _open.End(SpanKind.Pass, Stopwatch.GetTimestamp());
        _told = _nested = null;
    }

    /// <inheritdoc/>
    protected override void Differentiating(Node node)
    {
        long now = Stopwatch.GetTimestamp();
        ArgumentNullException.ThrowIfNull(node);
        _open.Begin(new(SpanKind.Gradient) { Name = node.Op.Name, Phase = ProfilePhase.Backward, Node = node, Module = Where(node) }, now);
    }

    /// <inheritdoc/>
    protected override void Differentiated(Node node, ReadOnlySpan<Tensor?> arrived, ReadOnlySpan<Tensor?> gradients)
    {
        long now = Stopwatch.GetTimestamp();
        if (_open.End(SpanKind.Gradient, now) is not { } span) return;
        Tally tally = span.Module!.Operation(span.Name, ProfilePhase.Backward), module = span.Module.Calls(ProfilePhase.Backward);
        bool isNew = _nested != node;
        _told = node;
        tally.Add(span.Ticks, isNew);
        module.Add(span.Ticks - span.Foreign, isNew);
        _open.Done(now);
    }

    /// <inheritdoc/>
    protected override void Updating(ParameterUpdate update)
    {
        long now = Stopwatch.GetTimestamp();
        ArgumentNullException.ThrowIfNull(update);
        if (_update is null) _open.Begin(_update = new(SpanKind.Update) { Name = update.Optimizer, Phase = ProfilePhase.Update, Module = _outside }, now);
        _update.Flops += update.Flops;
        _update.Bytes += update.Bytes;
        _update.Begin = Stopwatch.GetTimestamp();       // the last parameter told is the last thing before the step
    }

    /// <inheritdoc/>
    protected override void Updated(ParameterUpdate update)
    {
        long now = Stopwatch.GetTimestamp();
        if (_update is null) return;
        _open.End(SpanKind.Update, now);
        Tally tally = _outside.Operation(_update.Name, ProfilePhase.Update);
        tally.Add(_update.Ticks);
        tally.AddOwn(_update);
        _update = null;
        _open.Done(now);
    }

    /// <inheritdoc/>
    protected override void StepEnded()
    {
        if (_update is null) return;        // it went well
        _open.End(SpanKind.Update, Stopwatch.GetTimestamp())!.IsCut = true;
        _update = null;
    }

    /// <inheritdoc/>
    protected override void Ended()
    {
        _end = Now();
        _open.CutAll(_end.Value.Clock);
        _peak.Dispose();
    }

    (long Clock, ProfileMemory Memory) Now() =>
        (Stopwatch.GetTimestamp(), new(_liveBefore, TensorMemory.LiveBytes, _peak.Bytes, GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore));

    /// <summary>The module that something belongs to which happens now: the one whose call is running; in a gradient, the one that had called the operation.</summary>
    ModuleCalls Where(Node? node)
    {
        if (_open.InnermostCall is { } call && call.Node == node) return call.Module!;
        return node?.Note is ModuleCalls known && known.Owner == this ? known : _outside;
    }

    ProfilePhase PhaseOf(Node? node) =>
        _update is not null ? ProfilePhase.Update : Checkpoint.IsRecomputing ? ProfilePhase.Recomputation : node is null ? ProfilePhase.Forward : ProfilePhase.Backward;

    /// <summary>Adds an operation to what it belongs to.</summary>
    void Count(ProfileSpan span)
    {
        Node? node = BackwardPass.Differentiating;
        span.Module = Where(node);
        span.Phase = PhaseOf(node);
        if (_update is not null)
        {
            span.Within = _update.Name;
            _update.Flops += span.Flops;
            _update.Bytes += span.Bytes;
            return;
        }

        bool isBackward = span.Phase == ProfilePhase.Backward;
        if (isBackward) span.Within = node!.Op.Name;
        Tally tally = span.Module.Operation(span.Within ?? span.Name, span.Phase);
        tally.AddOwn(span);
        if (_open.Innermost is { Kind: SpanKind.Gradient } gradient)
        {
            if (isBackward && gradient.Node == node) return;        // the gradient's span has its time
            gradient.Foreign += span.Ticks;
        }

        if (!isBackward)
        {
            tally.Add(span.Ticks);
            return;
        }

        // Gradients summed by the pass, hooks, and a pass inside another operation's gradient: no span is told for them.
        bool isNew = node != _told && node != _nested;
        if (isNew) _nested = node;
        tally.Add(span.Ticks, isNew);
        span.Module.Calls(ProfilePhase.Backward).Add(span.Ticks, isNew);
    }
}
