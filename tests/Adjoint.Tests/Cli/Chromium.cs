using Adjoint.Tests.Formats;
using Adjoint.Tests.Repository;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>A browser without a window, for the pages that the tool writes.</summary>
internal static class Chromium
{
    /// <summary>Skips the test where no browser is installed; in the project's own CI it fails.</summary>
    public static void Need()
    {
        if (Program is not null) return;
        const string Missing = "The tests of pages need a browser: install the package chromium.";
        if (Environment.GetEnvironmentVariable("CI") is null) Assert.Skip(Missing);
        Assert.Fail(Missing);
    }

    /// <summary>Opens a page of the disk, lets its scripts run, and gives its elements as HTML.</summary>
    public static async Task<string> Dom(string page) => await Run("--dump-dom", page);

    /// <summary>Writes a picture of a page of the disk.</summary>
    public static async Task Screenshot(string page, string png, int width, int height)
    {
        await Run($"--screenshot={Path.GetFullPath(png)}", $"--window-size={width},{height}", "--hide-scrollbars", page);
        Assert.True(File.Exists(png), $"no picture of {page} was written");
    }

    static async Task<string> Run(params string[] arguments)
    {
        Need();
        // A profile of its own: browsers that share one wait for each other.
        using var profile = new TemporaryFolder();
        string[] options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", $"--user-data-dir={profile.Path}", .. arguments[..^1], new Uri(Path.GetFullPath(arguments[^1])).AbsoluteUri];
        (int status, string log) = await Command.Run(Program!, options);
        Assert.True(status == 0, log);
        return log;
    }

    static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser"), Path.Combine(folder, "google-chrome")])
        .FirstOrDefault(File.Exists);
}
