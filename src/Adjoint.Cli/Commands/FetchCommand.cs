using System.CommandLine;
using Adjoint.Cli.Output;
using Adjoint.Data;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint data fetch NAME</c>.</summary>
internal sealed class FetchCommand : Command, IExampled
{
    readonly Argument<string> _name = new("name") { HelpName = "name", Description = "mnist, fashion-mnist or cifar-10." };
    readonly Option<string?> _data = Shared.DataFolder();
    readonly Option<bool> _quiet = Shared.Quiet();

    public FetchCommand() : base("fetch", "Downloads what is missing of a data set into the user's cache, and checks all of it.")
    {
        Add(_name);
        Add(_data);
        Add(_quiet);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } = ["data fetch fashion-mnist"];

    async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        string name = parsed.GetRequiredValue(_name);
        NamedDataset set = Catalog.All.FirstOrDefault(d => d.Name == name) ?? throw new UsageException($"data: the data set must be one of {string.Join(", ", Catalog.All.Select(d => d.Name))}, but it is '{name}'.");
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        var downloads = new DownloadLines(screen);
        foreach (Part part in Enum.GetValues<Part>())
        {
            TensorDataset rows = await set.LoadAsync(part, parsed.GetValue(_data), downloads, cancellation).ConfigureAwait(false);
            screen.Line($"{set.Name}, {(part == Part.Train ? "train" : "test")}: {rows.Count:#,0} rows, complete and unchanged");
        }

        return Tool.Success;
    }
}
