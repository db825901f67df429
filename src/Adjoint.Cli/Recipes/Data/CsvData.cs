using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>A table of numbers.</summary>
[Kind("csv", "A CSV file, plain or gzipped: with a label column for classification, or target columns for regression.")]
internal sealed record CsvData : DataRecipe
{
    [Description("The file; a relative path starts at the recipe's folder.")]
    public required string File { get; init; }

    [Description("The column with the class of each row, by name or by number from 0 (negative: from the end).")]
    public CsvColumn? Label { get; init; }

    [Description("The columns with the numbers to come close to, in place of a label.")]
    [NotEmpty]
    public IReadOnlyList<CsvColumn>? Targets { get; init; }

    [Description("The columns to learn from; all others when left out.")]
    [NotEmpty]
    public IReadOnlyList<CsvColumn>? Columns { get; init; }

    [Description("What the first line is; found out by default.")]
    public CsvHeader Header { get; init; } = CsvHeader.Auto;

    [Description("What separates cells.")]
    [OneOf(",", ";", "\t", "|", " ")]
    public string Separator { get; init; } = ",";

    [Description("What an empty cell means; an error when left out.")]
    public double? Empty { get; init; }

    [Description("The names of the classes: of labels 0, 1, …, or the labels themselves in the order wanted. Found out by default.")]
    [NotEmpty]
    public IReadOnlyList<string>? Classes { get; init; }

    [Description("Whether every column to learn from is brought to mean 0 and deviation 1.")]
    public bool Normalize { get; init; } = true;

    [Description("The share of the rows that the best epoch is chosen by.")]
    [Above(0)]
    [Below(1)]
    public double Validation { get; init; } = 0.1;

    [Description("The share of the rows that is kept for the test; 0: none.")]
    [AtLeast(0)]
    [Below(1)]
    public double Test { get; init; } = 0.2;

    public override TaskKind Task => Targets is null ? TaskKind.Classes : TaskKind.Numbers;

    public override bool IsNormalized => Normalize;

    public override DataRecipe At(string folder) => this with { File = Path.GetFullPath(File, folder) };

    public override DataRecipe From(string file) => this with { File = file };

    public override Task<Splits> Load(DataSource source, Generator random)
    {
        (TensorDataset rows, DataFacts facts) = new CsvRows(this).Read(source.Find(File));
        double[] shares = Shares.Fractions(Validation, Test);
        IReadOnlyList<Subset> parts = Task == TaskKind.Classes ? rows.SplitStratified(shares, random) : rows.Split(shares, random);
        return System.Threading.Tasks.Task.FromResult(new Splits(parts[0], parts[1], parts.Count > 2 ? parts[2] : null, facts));
    }

    public override Tensor ReadInputs(string path, DataFacts facts) => new CsvRows(this).ReadInputs(path, facts);

    public override IEnumerable<(string Property, string Sentence)> Mismatches()
    {
        if (Label is null == Targets is null) yield return ("data", $"data of kind csv must have one of label and targets, but it has {(Label is null ? "neither" : "both")}.");
        if (Targets is not null && Classes is not null) yield return ("data", "data of kind csv must have a label to have classes, but it has targets.");
        if (Classes is not null && Classes.Distinct().Count() < Classes.Count) yield return ("data", "data.classes must be different names, but one comes twice.");
        foreach ((string property, string sentence) in Shares.Check(Validation, Test)) yield return (property, sentence);
    }
}
