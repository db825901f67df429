using System.CommandLine;
using System.Globalization;
using Adjoint.Cli.Runs;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary>Options that several commands have, with their checks.</summary>
internal static class Shared
{
    public static Option<string?> Data() => new("--data") { HelpName = "PATH", Description = "The file of the data, a text or a table; or a folder to look for data files in first, before $ADJOINT_DATA, the user's cache and the system's folders." };

    public static Option<string?> DataFolder() => new("--data") { HelpName = "DIR", Description = "A folder to look for data files in first; then $ADJOINT_DATA, the user's cache and the system's folders are searched." };

    public static Option<string?> Json() => new("--json") { HelpName = "FILE", Description = "Write the results to this file as JSON." };

    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Print nothing but errors." };

    public static Option<int?> Threads() => Count("--threads", "Threads to compute with; one for each processor by default. Results do not depend on it.", most: 1024);

    public static Option<ulong?> Seed() => new("--seed")
    {
        HelpName = "N",
        Description = "Where all random numbers start, 1 by default: the same seed gives the same result.",
        CustomParser = result =>
        {
            if (ulong.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out ulong value)) return value;
            result.AddError($"--seed must be a whole number from 0, but it is {result.Tokens[0].Value.Quoted()}.");
            return null;
        },
    };

    /// <summary>A whole number from 1 to <paramref name="most"/>.</summary>
    public static Option<int?> Count(string name, string description, int most = int.MaxValue) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most) return value;
            result.AddError($"{name} must be a whole number {(most == int.MaxValue ? "of at least 1" : $"from 1 to {most}")}, but it is {text.Quoted()}.");
            return null;
        },
    };

    /// <summary>A number above 0.</summary>
    public static Option<double?> Amount(string name, string unit, string description) => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value)) return value;
            result.AddError($"{name} must be a number above 0, but it is {text.Quoted()}.");
            return null;
        },
    };

    /// <summary>Applies --threads.</summary>
    public static void UseThreads(int? threads)
    {
        if (threads is { } count) Cpu.Threads = count;
    }

    /// <summary>Writes --json.</summary>
    /// <exception cref="UsageException">Its folder does not exist.</exception>
    public static void WriteJson(string? path, System.Text.Json.Nodes.JsonObject record)
    {
        if (path is not null) RunFolder.Write(path, RunRecord.Text(record));
    }

    /// <summary>Refuses a file that could not be written later, before any work is done.</summary>
    public static void CheckFile(string option, string? path, string command)
    {
        if (path is null) return;
        if (Directory.Exists(path)) throw new UsageException($"{command}: {option} must name a file, but {path.Quoted()} is a folder.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new UsageException($"{command}: the folder of {option} must exist, but {folder.Quoted()} does not.");
    }
}
