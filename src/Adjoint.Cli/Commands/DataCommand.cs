using System.CommandLine;
using Adjoint.Cli.Output;
using Adjoint.Data;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint data</c>: what there is, where it was found; <c>adjoint data fetch NAME</c>.</summary>
internal sealed class DataCommand : Command, IExampled
{
    readonly Option<string?> _data = Shared.DataFolder();

    public DataCommand() : base("data", "Lists the data sets and where their files were found; fetches missing ones.")
    {
        Add(_data);
        SetAction(List);
        Add(new FetchCommand());
    }

    public IReadOnlyList<string> Examples { get; } = ["data", "data --data ~/data", "data fetch fashion-mnist"];

    int List(ParseResult parsed)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, quiet: false);
        string? folder = parsed.GetValue(_data);
        screen.Table(3, ["data set", "file", "where"],
        [
            ["digits", "digits.csv.gz", "in the tool"],
            .. Catalog.All.SelectMany(set => set.Train.Concat(set.Test).Select(file => (string[])[set.Name, file.Name, file.Find(Folders(set, folder)) ?? "not found"])),
        ]);
        return Tool.Success;
    }

    static IEnumerable<string> Folders(NamedDataset set, string? folder) => folder is null ? set.Folders : [folder, Path.Combine(folder, set.Name), .. set.Folders];
}
