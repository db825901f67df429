using Adjoint.Tests.Repository;
using Xunit;

namespace Adjoint.Tests.Docs;

/// <summary>A committed text that is made from the code: it must be what the code makes now, and one command accepts a change.</summary>
static class GeneratedPage
{
    const string Command = "ADJOINT_ACCEPT=1 dotnet run --project tests/Adjoint.Tests -c Release -- -class \"Adjoint.Tests.Docs.*\"";

    /// <summary>Compares, or with ADJOINT_ACCEPT=1 in the environment writes the page.</summary>
    public static void Check(string page, string made)
    {
        string path = Path.Combine(Path.GetDirectoryName(Repository.Command.Find("Directory.Packages.props"))!, page);
        if (Environment.GetEnvironmentVariable("ADJOINT_ACCEPT") == "1") File.WriteAllText(path, made);
        string committed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(committed == made, $"{page} is not what the code makes now:\n{Difference(committed, made)}\nIf the change is meant: {Command}");
    }

    /// <summary>The lines that only one side has: enough to see a change, in the order of the page.</summary>
    internal static string Difference(string committed, string made)
    {
        string[] old = committed.Split('\n'), now = made.Split('\n');
        string[] lines = [.. old.Except(now).Select(l => $"- {l}"), .. now.Except(old).Select(l => $"+ {l}")];
        return lines.Length == 0 ? "the same lines in another order or number" : string.Join('\n', lines.Take(60));
    }
}
