using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>UCI's digits.</summary>
[Kind("digits", "1,797 handwritten digits of 8x8 pixels, which the tool carries.")]
internal sealed record DigitsData : ImageData
{
    public override double Validation { get; init; } = 0.1;

    [Description("The share of all images that is kept for the test.")]
    [Above(0)]
    [Below(1)]
    public double Test { get; init; } = 0.2;

    public override Shape Image => [1, 8, 8];

    public override double Brightest => 16;

    public override Task<Splits> Load(DataSource source, Generator random)
    {
        using Stream csv = typeof(DigitsData).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        IReadOnlyList<Subset> parts = Catalog.ReadDigits(csv).SplitStratified([1 - (Validation + Test), Validation, Test], random);
        return System.Threading.Tasks.Task.FromResult(new Splits(parts[0], parts[1], parts[2], new(Image, Catalog.Mnist.Classes)));
    }

    public override IEnumerable<(string Property, string Sentence)> Mismatches() => Shares.Check(Validation, Test);
}
