using System.Globalization;
using Adjoint.Formats;

namespace Adjoint.Training;

/// <summary>The checkpoints of one training in one folder: each a folder of safetensors files and a <c>state.json</c>, which appears whole or not at all.</summary>
/// <remarks>
/// <para>A checkpoint is written under a temporary name, flushed to disk and renamed: a process killed at any moment leaves the checkpoints from before and perhaps
/// the new one. <see cref="Restore"/> takes the newest whose files have the lengths and SHA-256 sums that were written down, and says which it passes over.</para>
/// <para>The last <see cref="Keep"/> stay, and the newest that was called the best. One training uses a folder at a time; what an earlier one left unfinished is cleared away.</para>
/// </remarks>
/// <example><code>
/// var checkpoints = new Checkpoints("run/checkpoints") { Keep = 2 };
/// checkpoints.Save(state, step: 1000);
/// long? step = checkpoints.Restore(state);        // in another process
/// </code></example>
public sealed class Checkpoints
{
    readonly int _keep = 3;
    Task _writing = Task.CompletedTask;
    bool _isCleared;

    /// <summary>Names the folder; nothing is read or made yet.</summary>
    public Checkpoints(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
    }

    /// <summary>Where they are, a full path.</summary>
    public string Folder { get; }

    /// <summary>How many of the newest stay, at least 1; 3 at first.</summary>
    public int Keep
    {
        get => _keep;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _keep = value;
        }
    }

    /// <summary>Whether <see cref="Save"/> copies the tensors and lets another thread write them, so that training does not wait for the disk; costs their memory once more while it writes.</summary>
    public bool InBackground { get; init; }

    /// <summary>The folders of the checkpoints, the newest first.</summary>
    public IReadOnlyList<string> Paths => [.. All().Select(c => Path.Combine(Folder, c.Name))];

    /// <summary>Writes a checkpoint; in the background, after the one before is written.</summary>
    /// <param name="state">What is written.</param>
    /// <param name="step">How many steps were done; part of the name.</param>
    /// <param name="isBest">Whether to keep it until a better one comes.</param>
    /// <exception cref="IOException">It could not be written, or in the background the one before could not; older ones are untouched.</exception>
    public void Save(TrainingState state, long step, bool isBest = false)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Wait();
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("checkpoint");
        OrderedDictionary<string, PartState> parts = state.Save();
        if (!InBackground)
        {
            Write(parts, step, isBest);
            return;
        }

        var copy = new StateCopy(parts);
        _writing = Task.Run(() =>
        {
            using (copy) Write(copy.Parts, step, isBest);
        });
    }

    /// <summary>Waits until everything is written.</summary>
    /// <exception cref="IOException">The last checkpoint could not be written; older ones are untouched.</exception>
    public void Wait()
    {
        Task writing = _writing;
        _writing = Task.CompletedTask;
        writing.GetAwaiter().GetResult();
    }

    /// <summary>Puts the newest valid checkpoint back.</summary>
    /// <returns>The step it was saved at; null where there is no checkpoint.</returns>
    /// <exception cref="FormatException">There are checkpoints, but none is valid.</exception>
    /// <exception cref="ArgumentException">The newest valid one is of another training; nothing was changed.</exception>
    public long? Restore(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Wait();
        Clear();
        string? fault = null;
        foreach ((_, string name) in All())
        {
            string path = Path.Combine(Folder, name);
            using Scope scope = Scope.Begin("checkpoint");
            try
            {
                (long step, Dictionary<string, PartState> parts) = CheckpointFiles.Read(path);
                state.Restore(parts);
                return step;
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"checkpoint: it must be of the training that goes on, but {path.Quoted()} is not. {e.Message}", e);
            }
            catch (IOException e)
            {
                fault = e.Message;
                Warnings.Raise($"{e.Message} The one before it is taken.");
            }
        }

        return fault is null ? null : throw new FormatException($"checkpoint: one of the checkpoints in {Folder.Quoted()} must be valid, but none is. {fault}");
    }

    void Write(OrderedDictionary<string, PartState> parts, long step, bool isBest)
    {
        string? unfinished = null;
        try
        {
            Directory.CreateDirectory(Folder);
            Clear();
            long number = All().Select(c => c.Number).FirstOrDefault() + 1;
            string name = string.Create(CultureInfo.InvariantCulture, $"{number:000000}-step-{step}{(isBest ? Best : "")}");
            unfinished = Path.Combine(Folder, Unfinished(name));
            Directory.CreateDirectory(unfinished);
            CheckpointFiles.Write(unfinished, parts, step);
            Directory.Move(unfinished, Path.Combine(Folder, name));
            unfinished = null;
            Prune();
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            if (unfinished is not null) TryDelete(unfinished);
            throw new IOException($"checkpoint: a checkpoint must be written whole, but that of step {step} could not be. {DiskFault.Reason(e)} Those from before are as they were.", e);
        }
    }

    void Prune()
    {
        (long Number, string Name)[] all = [.. All()];
        string? best = all.Select(c => c.Name).FirstOrDefault(n => n.EndsWith(Best, StringComparison.Ordinal));
        foreach ((_, string name) in all.Skip(Keep))
        {
            if (name == best) continue;
            // Renamed first: half of a checkpoint never has a checkpoint's name.
            string going = Path.Combine(Folder, Unfinished(name));
            Directory.Move(Path.Combine(Folder, name), going);
            Directory.Delete(going, recursive: true);
        }
    }

    const string Best = "-best";

    static string Unfinished(string name) => $".{name}.tmp";

    /// <summary>What a process left that was killed while it wrote or deleted.</summary>
    void Clear()
    {
        if (_isCleared || !Directory.Exists(Folder)) return;
        foreach (string left in Directory.EnumerateDirectories(Folder, ".*.tmp")) TryDelete(left);
        _isCleared = true;
    }

    /// <summary>The newest first. Other files and folders are nobody's business here.</summary>
    IEnumerable<(long Number, string Name)> All()
    {
        if (!Directory.Exists(Folder)) return [];
        return Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)).Select(name => (Number: Number(name), Name: name)).Where(c => c.Number > 0).OrderByDescending(c => c.Number);
    }

    static long Number(string name)
    {
        int end = name.IndexOf("-step-", StringComparison.Ordinal);
        return end > 0 && long.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
    }

    static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has no checkpoint's name, and is tried again next time.
        }
    }

    /// <summary>Copies of all tensors, which nobody trains meanwhile.</summary>
    sealed class StateCopy : IDisposable
    {
        readonly List<Tensor> _copies = [];

        public StateCopy(OrderedDictionary<string, PartState> parts)
        {
            foreach ((string name, PartState part) in parts)
            {
                var tensors = new OrderedDictionary<string, Tensor>();
                foreach ((string tensor, Tensor value) in part.Tensors)
                {
                    Tensor copy = value.Detach().Copy().Persist();
                    _copies.Add(copy);
                    tensors.Add(tensor, copy);
                }

                Parts.Add(name, new(tensors, part.Values));
            }
        }

        public OrderedDictionary<string, PartState> Parts { get; } = [];

        public void Dispose() => _copies.ForEach(c => c.Release());
    }
}
