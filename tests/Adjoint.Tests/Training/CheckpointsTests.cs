using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>What a folder of checkpoints holds, and what it makes of damage.</summary>
public sealed class CheckpointsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Linear _layer = new(3, 2, new Generator(1));
    readonly TrainingState _state;

    public CheckpointsTests() => _state = new() { { "model", _layer }, { "optimizer", new Sgd(_layer.Parameters(), 0.1) } };

    string Folder => _folder.File("checkpoints");

    string[] Names => [.. Directory.EnumerateFileSystemEntries(Folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    void Put(double value)
    {
        using NoGrad off = NoGrad.Scope();
        _layer.Weight.Fill(value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_newest_comes_back_and_the_last_and_the_best_stay(bool background)
    {
        var checkpoints = new Checkpoints(Folder) { Keep = 2, InBackground = background };
        for (int step = 1; step <= 6; step++)
        {
            Put(step);
            checkpoints.Save(_state, 10 * step, isBest: step is 2 or 3);
            // What is trained meanwhile is not part of it.
            Put(-1);
        }

        checkpoints.Wait();
        Assert.Equal(["000003-step-30-best", "000005-step-50", "000006-step-60"], Names);
        Assert.Equal(["model.safetensors", "optimizer.safetensors", "state.json"], Directory.EnumerateFiles(checkpoints.Paths[0]).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
        Assert.Equal(60, new Checkpoints(Folder).Restore(_state));
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(6, w));
    }

    [Fact]
    public void Without_a_checkpoint_there_is_nothing_to_restore()
    {
        Assert.Null(new Checkpoints(Folder).Restore(_state));
        Assert.False(Directory.Exists(Folder));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flip")]
    [InlineData("no tensors")]
    [InlineData("no state")]
    [InlineData("empty state")]
    [InlineData("half a state")]
    public void A_damaged_checkpoint_is_passed_over_aloud(string damage)
    {
        var checkpoints = new Checkpoints(Folder);
        Put(1);
        checkpoints.Save(_state, 1);
        Put(2);
        checkpoints.Save(_state, 2);
        string newest = checkpoints.Paths[0], model = Path.Combine(newest, "model.safetensors"), state = Path.Combine(newest, "state.json");
        byte[] bytes = File.ReadAllBytes(model);
        if (damage == "cut") File.WriteAllBytes(model, bytes[..^4]);
        if (damage == "flip")
        {
            bytes[^1] ^= 1;
            File.WriteAllBytes(model, bytes);
        }

        if (damage == "no tensors") File.Delete(model);
        if (damage == "no state") File.Delete(state);
        if (damage == "empty state") File.WriteAllText(state, "");
        if (damage == "half a state") File.WriteAllText(state, File.ReadAllText(state)[..50]);
        var warnings = new List<string>();
        using (Warnings.Redirect(warnings.Add)) Assert.Equal(1, checkpoints.Restore(_state));
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(1, w));
        string warning = Assert.Single(warnings);
        Assert.StartsWith("checkpoint: ", warning, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(newest), warning, StringComparison.Ordinal);
        Assert.EndsWith(" The one before it is taken.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_change_of_a_state_file_is_noticed_or_harmless()
    {
        var checkpoints = new Checkpoints(Folder);
        checkpoints.Save(_state, 1);
        string path = Path.Combine(checkpoints.Paths[0], "state.json");
        byte[] whole = File.ReadAllBytes(path);
        var random = new Random(5);
        using IDisposable quiet = Warnings.Redirect(_ => { });
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = [.. whole];
            for (int k = random.Next(1, 4); k > 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            File.WriteAllBytes(path, bytes);
            try
            {
                new Checkpoints(Folder).Restore(_state);
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                Assert.StartsWith("checkpoint: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void If_none_is_valid_that_is_an_error()
    {
        var checkpoints = new Checkpoints(Folder);
        checkpoints.Save(_state, 1);
        File.Delete(Path.Combine(checkpoints.Paths[0], "state.json"));
        using IDisposable quiet = Warnings.Redirect(_ => { });
        Assert.StartsWith($"checkpoint: one of the checkpoints in '{Folder}' must be valid, but none is. ", Assert.Throws<FormatException>(() => checkpoints.Restore(_state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_model_or_optimizer_changes_nothing()
    {
        new Checkpoints(Folder).Save(_state, 1);
        var other = new Linear(4, 2, new Generator(2));
        float[] before = other.Weight.ToArray<float>();
        string message = Assert.Throws<ArgumentException>(() => new Checkpoints(Folder).Restore(new() { { "model", other }, { "optimizer", new Sgd(other.Parameters(), 0.1) } })).Message;
        Assert.StartsWith("checkpoint: it must be of the training that goes on, but '", message, StringComparison.Ordinal);
        Assert.Contains("'Weight' ([2, 3] instead of [2, 4])", message, StringComparison.Ordinal);
        Assert.Equal(before, other.Weight.ToArray<float>());

        Put(5);
        message = Assert.Throws<ArgumentException>(() => new Checkpoints(Folder).Restore(new() { { "model", _layer }, { "sgd", new Sgd(_layer.Parameters(), 0.1) } })).Message;
        Assert.Contains("the saved parts must be those of this training (model, sgd), but they are model, optimizer.", message, StringComparison.Ordinal);
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(5, w));
    }

    [Fact]
    public void A_newer_version_is_named()
    {
        var checkpoints = new Checkpoints(Folder);
        checkpoints.Save(_state, 1);
        string path = Path.Combine(checkpoints.Paths[0], "state.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        using IDisposable quiet = Warnings.Redirect(_ => { });
        Assert.Contains("is of version 2. Hint: use the version of Adjoint that wrote it.", Assert.Throws<FormatException>(() => checkpoints.Restore(_state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_older_ones()
    {
        var checkpoints = new Checkpoints(Folder);
        Put(1);
        checkpoints.Save(_state, 1);
        // A name that is taken by a file stands for a disk that refuses; permissions do not stop root.
        File.WriteAllText(Path.Combine(Folder, ".000002-step-2.tmp"), "");
        string message = Assert.Throws<IOException>(() => checkpoints.Save(_state, 2)).Message;
        Assert.StartsWith("checkpoint: a checkpoint must be written whole, but that of step 2 could not be. ", message, StringComparison.Ordinal);
        Assert.EndsWith(" Those from before are as they were.", message, StringComparison.Ordinal);
        Put(7);
        Assert.Equal(1, checkpoints.Restore(_state));
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(1, w));
    }

    [Fact]
    public void In_the_background_a_failure_is_told_at_the_next_call()
    {
        string file = _folder.Write("taken", []);
        var checkpoints = new Checkpoints(file) { InBackground = true };
        checkpoints.Save(_state, 1);
        Assert.Throws<IOException>(checkpoints.Wait);
        checkpoints.Wait();
    }

    [Fact]
    public void What_a_killed_process_left_is_cleared_away()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".000007-step-9.tmp"));
        _folder.Write("checkpoints/notes.txt", [1]);
        Directory.CreateDirectory(Path.Combine(Folder, "mine"));
        new Checkpoints(Folder).Save(_state, 3);
        Assert.Equal(["000001-step-3", "mine", "notes.txt"], Names);
    }

    [Fact]
    public void Schedules_streams_and_parts_of_ones_own_come_back()
    {
        var optimizer = new Sgd(_layer.Parameters(), 0.1);
        var plateau = new ReduceOnPlateau(optimizer, patience: 2);
        var stream = new Generator(7);
        var own = new Counter();
        var state = new TrainingState { { "optimizer", optimizer }, { "plateau", plateau }, { "noise", stream }, { "own", own } };
        plateau.Step(3);
        plateau.Step(4);
        stream.NextDouble();
        own.Count = 12;
        new Checkpoints(Folder).Save(state, 1);
        double next = stream.NextDouble();
        (plateau.State, own.Count) = (default, 0);
        new Checkpoints(Folder).Restore(state);
        Assert.Equal(((double?)3, 1L, 0L), plateau.State);
        Assert.Equal((12, next), (own.Count, stream.NextDouble()));
    }

    sealed class Counter : IStatePart
    {
        public int Count { get; set; }

        public PartState Save() => new(new Dictionary<string, Tensor>(), new() { ["count"] = Count });

        public Action Restore(PartState state)
        {
            int count = (int)state.Values["count"]!;
            return () => Count = count;
        }
    }
}
