using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>Checkpoints on a disk that is really full, or read-only: one sentence, and what was there before is there.</summary>
[Collection(Alone.Name)]
public class CheckpointsDiskTests
{
    /// <summary>About 190 kB with its momentum.</summary>
    readonly Linear _layer = new(120, 200, new Generator(1));
    readonly TrainingState _state;

    public CheckpointsDiskTests() => _state = new() { { "model", _layer }, { "optimizer", new Sgd(_layer.Parameters(), 0.1) { Momentum = 0.9 } } };

    void Put(double value)
    {
        using NoGrad off = NoGrad.Scope();
        _layer.Weight.Fill(value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_leaves_the_older_checkpoint_and_nothing_unfinished(bool background)
    {
        using var disk = new SmallDisk(512);
        var checkpoints = new Checkpoints(disk.File("checkpoints")) { InBackground = background };
        Put(1);
        Save(1);
        string[] before = disk.Names;
        // From nothing at all to nearly enough.
        foreach (int left in new[] { 0, 4096, 40_000, 90_000 })
        {
            disk.Fill(except: left);
            Put(2);
            string message = Assert.Throws<IOException>(() => Save(2)).Message;
            Assert.Equal("checkpoint: a checkpoint must be written whole, but that of step 2 could not be. No space left on device. Those from before are as they were.", message);
            Assert.Equal(before, disk.Names);
            Assert.Equal(1, new Checkpoints(checkpoints.Folder).Restore(_state));
            Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(1, w));
            disk.Clear();
        }

        Put(3);
        Save(3);
        Assert.Equal(3, checkpoints.Restore(_state));
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(3, w));

        void Save(long step)
        {
            checkpoints.Save(_state, step);
            checkpoints.Wait();
        }
    }

    [Fact]
    public void A_read_only_disk_leaves_the_older_checkpoint()
    {
        using var disk = new SmallDisk(512);
        var checkpoints = new Checkpoints(disk.File("checkpoints"));
        Put(1);
        checkpoints.Save(_state, 1);
        string[] before = disk.Names;
        disk.MakeReadOnly();
        Put(2);
        Assert.Equal("checkpoint: a checkpoint must be written whole, but that of step 2 could not be. Read-only file system. Those from before are as they were.", Assert.Throws<IOException>(() => checkpoints.Save(_state, 2)).Message);
        Assert.Equal(before, disk.Names);
        Assert.Equal(1, checkpoints.Restore(_state));
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(1, w));
        // And where there is no folder yet.
        Assert.Equal("checkpoint: a checkpoint must be written whole, but that of step 2 could not be. Read-only file system. Those from before are as they were.", Assert.Throws<IOException>(() => new Checkpoints(disk.File("other")).Save(_state, 2)).Message);
        Assert.Equal(before, disk.Names);
    }

    [Fact]
    public void Below_a_file_there_can_be_no_checkpoints()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("taken", [7]);
        string message = Assert.Throws<IOException>(() => new Checkpoints(Path.Combine(file, "checkpoints")).Save(_state, 2)).Message;
        Assert.StartsWith("checkpoint: a checkpoint must be written whole, but that of step 2 could not be. ", message, StringComparison.Ordinal);
        Assert.EndsWith(". Those from before are as they were.", message, StringComparison.Ordinal);
        Assert.Equal([7], File.ReadAllBytes(file));
    }

    [Fact]
    public void A_model_file_on_a_full_disk_keeps_what_it_held()
    {
        using var disk = new SmallDisk(512);
        string path = disk.File("model.safetensors");
        Put(1);
        ModelFile.Save(path, _layer);
        disk.Fill(except: 40_000);
        Put(2);
        Assert.Equal($"file: a file must be written whole, but '{path}' could not be. No space left on device. What was there before is as it was.", Assert.Throws<IOException>(() => ModelFile.Save(path, _layer)).Message);
        Assert.Equal(["model.safetensors"], disk.Names);
        ModelFile.Load(path, _layer);
        Assert.All(_layer.Weight.ToArray<float>(), w => Assert.Equal(1, w));
        disk.MakeReadOnly();
        Assert.Equal($"file: a file must be written whole, but '{path}' could not be. Read-only file system. What was there before is as it was.", Assert.Throws<IOException>(() => ModelFile.Save(path, _layer)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_ends_with_the_sentence_and_goes_on_when_there_is_room(bool background)
    {
        (_, double[] expected) = Train(null, null);
        using var disk = new SmallDisk(2048);
        var options = new TrainingOptions { Checkpoints = new(disk.File("checkpoints")) { InBackground = background }, CheckpointEvery = 1 };
        string message = Assert.Throws<IOException>(() => Train(options, step =>
        {
            if (step != 7) return;
            options.Checkpoints.Wait();
            disk.Fill(except: 16_000);
        })).Message;
        Assert.Equal("checkpoint: a checkpoint must be written whole, but that of step 8 could not be. No space left on device. Those from before are as they were.", message);
        Assert.DoesNotContain(disk.Names, n => n.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.EndsWith("-step-7", options.Checkpoints.Paths[0], StringComparison.Ordinal);
        disk.Clear();
        (TrainingEnd end, double[] losses) = Train(options with { Resume = true }, null);
        Assert.Equal(TrainingEnd.Finished, end);
        Assert.Equal(expected, losses);
    }

    static (TrainingEnd End, double[] Losses) Train(TrainingOptions? options, Action<long>? atStep)
    {
        var model = new Linear(60, 40, new Generator(1));
        var data = new Generator(2);
        var train = new DataLoader(TensorDataset.Classification(data.Normal([40, 60]), data.Integers([40], 0, 40), 40), 8, new Generator(3));
        long step = 0;
        TrainingResult result = new Trainer(model, new AdamW(model.Parameters(), 0.01), Objective.Classification()).Fit(train, options: (options ?? new()) with { Epochs = 3 }, progress: new Each(p =>
        {
            if (p.Completed is null) atStep?.Invoke(++step);
        }), cancellation: TestContext.Current.CancellationToken);
        return (result.End, [.. result.Epochs.Select(e => e.Train.Loss)]);
    }
}
