using System.Diagnostics;
using Adjoint.Formats;

namespace Adjoint.Profiling;

/// <summary>What a <see cref="Profile"/> recorded: tables by operation and by module, memory, and a trace of every span.</summary>
/// <remarks>Times add up: the rows' own seconds of either table make <see cref="OperationSeconds"/>, with <see cref="ProfilingSeconds"/> and <see cref="OtherSeconds"/> they make <see cref="Seconds"/>.</remarks>
public sealed class ProfileReport
{
    readonly ChromeTrace? _trace;
    readonly Roof? _roof;

    internal ProfileReport(ModuleCalls outside, long ticks, long own, ProfileMemory memory, int threads, Roof? roof, ChromeTrace? trace)
    {
        (Memory, Threads, _roof, _trace) = (memory, threads, roof, trace);
        (Seconds, ProfilingSeconds) = (Clock(ticks), Clock(own));
        Operations = Sorted(OperationRows(outside));
        Modules = Sorted(outside.All().SelectMany(ModuleRows));
        OperationSeconds = Operations.Sum(r => r.SelfSeconds);
    }

    /// <summary>A row for each operation and phase, the longest first.</summary>
    public IReadOnlyList<ProfileRow> Operations { get; }

    /// <summary>A row for each module and phase, and for what was outside of modules; the longest first.</summary>
    public IReadOnlyList<ProfileRow> Modules { get; }

    /// <summary>How long the recording was.</summary>
    public double Seconds { get; }

    /// <summary>The part of it in operations and optimizer steps.</summary>
    public double OperationSeconds { get; }

    /// <summary>The part of it in the profile itself.</summary>
    public double ProfilingSeconds { get; }

    /// <summary>The rest: the caller's own code, data, module calls, recording and walking the graph.</summary>
    public double OtherSeconds => Seconds - OperationSeconds - ProfilingSeconds;

    /// <summary>The memory of the period.</summary>
    public ProfileMemory Memory { get; }

    /// <summary>The number of threads that operations could use.</summary>
    public int Threads { get; }

    /// <summary>What the machine can do at most; measured now if it was neither given nor known.</summary>
    public Roof Roof => _roof ?? Roof.Of(Threads);

    /// <summary>Writes every span in Chrome's trace format, for chrome://tracing and Perfetto; the file appears whole or not at all.</summary>
    /// <inheritdoc cref="WriteChromeTrace(Stream)"/>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    [PyTorch("torch.profiler.profile.export_chrome_trace")]
    public void WriteChromeTrace(string path)
    {
        ChromeTrace trace = Trace;
        AtomicFile.Write(path, trace.Write);
    }

    /// <summary>Writes every span in Chrome's trace format: JSON in UTF-8.</summary>
    /// <exception cref="InvalidOperationException">The profile was recorded without a trace.</exception>
    public void WriteChromeTrace(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Trace.Write(stream);
    }

    /// <summary>The period in a few lines, then the first 20 rows of both tables.</summary>
    public override string ToString() => ProfileText.Of(this, most: 20);

    ChromeTrace Trace => _trace ?? throw new InvalidOperationException("profile: a trace must be recorded to be written, but the profile was made without one. Hint: Profile.Record(trace: true).");

    static double Clock(long ticks) => (double)ticks / Stopwatch.Frequency;

    static IReadOnlyList<ProfileRow> Sorted(IEnumerable<ProfileRow> rows) => [.. rows.OrderByDescending(r => r.SelfSeconds).ThenBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Phase)];

    static ProfileRow Row(string name, ProfilePhase phase, long calls, long total, Tally own) => new(name, phase, calls, Clock(total), Clock(own.Self), own.Flops, own.Bytes);

    static IEnumerable<ProfileRow> OperationRows(ModuleCalls outside)
    {
        var sums = new Dictionary<(string Operation, ProfilePhase Phase), Tally>();
        foreach (((string, ProfilePhase) key, Tally tally) in outside.All().SelectMany(m => m.Operations))
        {
            if (!sums.TryGetValue(key, out Tally? sum)) sums.Add(key, sum = new());
            sum.Add(tally);
        }

        return sums.Select(s => Row(s.Key.Operation, s.Key.Phase, s.Value.Calls, s.Value.Total, s.Value));
    }

    static IEnumerable<ProfileRow> ModuleRows(ModuleCalls module)
    {
        foreach (ProfilePhase phase in Enum.GetValues<ProfilePhase>())
        {
            var own = new Tally();
            foreach ((_, Tally tally) in module.Operations.Where(o => o.Key.Phase == phase)) own.Add(tally);
            // Calls lie in each other, so that a module's own time has the modules inside in it; gradients do not.
            Tally calls = module.Calls(phase);
            long count = calls.Calls, total = calls.Total;
            if (phase == ProfilePhase.Backward && module.Path is not null) total = module.All().Sum(m => m.Calls(phase).Total);
            else if (module.Path is null && phase != ProfilePhase.Backward) (count, total) = (own.Calls, own.Total);
            if (count > 0 || own.Calls > 0 || total > 0) yield return Row(module.Name, phase, count, total, own);
        }
    }
}
