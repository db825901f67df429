using Adjoint.Formats;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Trainings into folders that cannot take them: one sentence, and nothing half-written.</summary>
[Collection(Alone.Name)]
public sealed class DiskTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static Task<ToolRun> Train(string folder) => ToolRun.Of(["train", "digits", "--epochs", "1", "--quiet", "--out", folder], TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_folder_below_a_file_cannot_be_made()
    {
        string file = _folder.Write("taken", [7]), run = Path.Combine(file, "run");
        ToolRun tool = await Train(run);
        Assert.Equal(1, tool.Code);
        Assert.Matches($"^train: the output folder must be one that can be made, but '{run}' could not be\\. [^\n]+\\. Hint: name another with --out\\.\n$", tool.Error);
        Assert.Equal([7], File.ReadAllBytes(file));
    }

    [Fact]
    public async Task A_read_only_disk_takes_no_run()
    {
        using var disk = new SmallDisk(64);
        Directory.CreateDirectory(disk.File("empty"));
        disk.MakeReadOnly();
        ToolRun tool = await Train(disk.File("run"));
        Assert.Equal((1, $"train: the output folder must be one that can be made, but '{disk.File("run")}' could not be. Read-only file system. Hint: name another with --out.\n"), (tool.Code, tool.Error));
        // A folder that is there already lets nothing into it.
        tool = await Train(disk.File("empty"));
        Assert.Equal((1, $"file: a file must be written whole, but '{disk.File("empty/recipe.json")}' could not be. Read-only file system. What was there before is as it was.\n"), (tool.Code, tool.Error));
        Assert.Equal(["empty"], disk.Names);
    }

    // The recipe takes a page, the model 152 kB, the checkpoint more than 616 kB: a room for each of them to be the first that fails.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(400)]
    public async Task A_disk_that_fills_up_ends_the_run_with_one_sentence(int kilobytes)
    {
        using var disk = new SmallDisk(4096);
        disk.Fill(except: kilobytes << 10);
        await TrainInto(disk);
        // What is there is whole: a model that loads, or nothing at all.
        string model = disk.File("run/model.safetensors");
        if (File.Exists(model))
        {
            using SafetensorsFile file = Safetensors.Read(model);
            Assert.NotEmpty(file.LoadAll());
        }
        else Assert.Empty(disk.Names);

        Assert.DoesNotContain(disk.Names, IsCheckpoint);
    }

    [Fact]
    public async Task A_run_whose_picture_found_no_room_is_finished_when_there_is_some_again()
    {
        const int Page = 4096;
        string whole = _folder.File("whole");
        Assert.Equal(0, (await Train(whole)).Code);
        int pages = Directory.EnumerateFiles(whole, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) is "recipe.json" or "model.safetensors" or "metrics.csv" || IsCheckpoint(Path.GetRelativePath(_folder.Path, f)))
            .Sum(f => (int)((new FileInfo(f).Length + Page - 1) / Page));
        using var disk = new SmallDisk(8192);
        disk.Fill(except: (pages + 6) * Page);      // for folders; the picture takes 14
        await TrainInto(disk);
        disk.Clear();
        Assert.Contains(disk.Names, IsCheckpoint);
        ToolRun resumed = await ToolRun.Of(["train", "--resume", disk.File("run"), "--quiet"], TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (resumed.Code, resumed.Error));
    }

    static bool IsCheckpoint(string name) => name.Contains("/checkpoints/", StringComparison.Ordinal);

    static async Task TrainInto(SmallDisk disk)
    {
        ToolRun tool = await Train(disk.File("run"));
        Assert.Equal(1, tool.Code);
        Assert.Matches("^(file: a file must be written whole, but '[^\n']+' could not be|checkpoint: a checkpoint must be written whole, but that of step [0-9]+ could not be)\\. No space left on device\\. [^\n]+\n$", tool.Error);
        Assert.DoesNotContain(disk.Names, n => n.EndsWith(".tmp", StringComparison.Ordinal));
    }
}
