using System.Diagnostics;
using System.Text.Json.Nodes;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>A training whose process is killed again and again ends with the bits of one that was left alone.</summary>
[Collection(Alone.Name)]
public sealed class KillTests : IDisposable
{
    const int Kills = 50;

    static readonly string[] Work = ["train", "digits", "--epochs", "12", "--checkpoint-every", "1", "--quiet"];

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_at_fifty_random_moments_it_ends_with_the_same_bits()
    {
        string whole = _folder.File("whole");
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await Run([.. Work, "--out", whole]));
        // From a process that has hardly started to one that has saved a hundred times, on a machine of any speed.
        int earliest = (int)(clock.ElapsedMilliseconds * 0.05), latest = Math.Max(400, (int)(clock.ElapsedMilliseconds * 0.3));
        var random = new Random(20);
        int kills = 0, interruptedSaves = 0, resumes = 0;
        for (int chain = 0; kills < Kills; chain++)
        {
            string run = _folder.File($"killed-{chain}"), checkpoints = Path.Combine(run, "checkpoints");
            while (true)
            {
                bool begun = Directory.Exists(checkpoints) && Directory.EnumerateDirectories(checkpoints, "*-step-*").Any();
                // Until there is a checkpoint the command is given again as it was, in a folder that is cleared by hand.
                if (!begun && Directory.Exists(run)) Directory.Delete(run, recursive: true);
                if (begun) resumes++;
                using Process process = Start(begun ? ["train", "--resume", run, "--quiet"] : [.. Work, "--out", run]);
                if (kills < Kills && !process.WaitForExit(random.Next(earliest, latest)))
                {
                    process.Kill();
                    await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                    kills++;
                    if (Directory.Exists(checkpoints) && Directory.EnumerateDirectories(checkpoints, ".*.tmp").Any()) interruptedSaves++;
                    continue;
                }

                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
                break;
            }

            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
            Assert.Equal(History(whole), History(run));
            Assert.Equal(Scores(whole), Scores(run));
        }

        TestContext.Current.SendDiagnosticMessage($"{kills} kills, {resumes} resumes, {interruptedSaves} while a checkpoint was written");
        // Otherwise the moments were none of interest.
        Assert.InRange(resumes, Kills / 2, int.MaxValue);
        Assert.InRange(interruptedSaves, 3, int.MaxValue);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_finishes_the_step_saves_and_says_how_to_go_on(string signal, int code)
    {
        if (OperatingSystem.IsWindows()) return;
        string run = _folder.File("run"), whole = _folder.File("whole");
        string[] work = ["train", "digits", "--epochs", "6", "--seed", "2"];
        using (Process process = Start([.. work, "--out", run]))
        {
            string? line;
            while ((line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)) is not null && !line.StartsWith("epoch   2/", StringComparison.Ordinal))
            {
                // Until it is in the middle of something.
            }

            Assert.NotNull(line);
            using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            string rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(code, process.ExitCode);
            Assert.Contains($"adjoint train --resume {run}", rest, StringComparison.Ordinal);
        }

        Assert.Equal(0, await Run(["train", "--resume", run, "--quiet"]));
        Assert.Equal(0, await Run([.. work, "--out", whole, "--quiet"]));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
        Assert.Equal(History(whole), History(run));
    }

    static async Task<int> Run(string[] arguments)
    {
        using Process process = Start(arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return process.ExitCode;
    }

    static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(Adjoint.Cli.Tool).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Every epoch, without the seconds.</summary>
    static IEnumerable<string> History(string run) => File.ReadLines(Path.Combine(run, "metrics.csv")).Select(line => string.Join(',', line.Split(',').Where((_, i) => i != 6)));

    static string Scores(string run)
    {
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!;
        return $"{record["best_epoch"]} {record["train"]} {record["validation"]} {record["test"]}";
    }
}
