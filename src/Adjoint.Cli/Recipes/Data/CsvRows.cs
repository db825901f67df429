using System.Globalization;
using Adjoint.Data;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>Reads the tables of a <see cref="CsvData"/>.</summary>
internal sealed class CsvRows(CsvData recipe)
{
    /// <summary>Reads the file to learn from.</summary>
    public (TensorDataset Rows, DataFacts Facts) Read(string path)
    {
        using Scope scope = Scope.Begin("csv");
        return recipe.Targets is { } targets ? Numbers(path, targets) : Labelled(path);
    }

    /// <summary>Reads rows that have the columns to learn from alone, in their order.</summary>
    public Tensor ReadInputs(string path, DataFacts facts)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"predict: --input must name a file, but {path.Quoted()} does not exist.");
        CsvTable table = Csv.Read(path, Options(null, null) with { Header = recipe.Header == CsvHeader.Summary ? CsvHeader.None : CsvHeader.Auto });
        Tensor values = table.Values;
        return values.Shape[1] == facts.Input[0] ? values
            : throw new FormatException($"predict: every line must have the {facts.Input[0]} columns that {Path.GetFileName(recipe.File).Quoted()} has beside its {(recipe.Targets is null ? "label" : "targets")}, but {path.Quoted()} has {values.Shape[1]} columns.");
    }

    CsvOptions Options(IReadOnlyList<CsvColumn>? columns, CsvColumn? label) => new() { Separator = recipe.Separator[0], Header = recipe.Header, Columns = columns, Label = label, Empty = recipe.Empty };

    (TensorDataset Rows, DataFacts Facts) Labelled(string path)
    {
        CsvTable table = Csv.Read(path, Options(recipe.Columns, recipe.Label));
        (Tensor labels, IReadOnlyList<string> names) = Classes(table, path);
        return (TensorDataset.Classification(Some(table.Values, path), labels, names.Count), new([table.Values.Shape[1]], names));
    }

    (Tensor Labels, IReadOnlyList<string> Names) Classes(CsvTable table, string path)
    {
        Tensor labels = table.Labels!;
        if (table.Classes is not { } found)
        {
            long most = labels.ToArray<long>().DefaultIfEmpty(0).Max();
            if (recipe.Classes is { } given) return most < given.Count ? (labels, given) : throw new DataException($"data: labels must be below the number of classes, but {path.Quoted()} has {most} and the recipe names {given.Count}.");
            const long Most = 100_000;
            return most < Most ? (labels, [.. Enumerable.Range(0, (int)most + 1).Select(c => c.ToString(CultureInfo.InvariantCulture))])
                : throw new DataException($"data: labels that are numbers must be below {Most}, but {path.Quoted()} has {most}. Hint: is it a column to come close to (targets)?");
        }

        if (recipe.Classes is not { } order) return (labels, found);
        List<string> known = [.. order];
        long[] numbers = [.. found.Select(name => (long)known.IndexOf(name))];
        if (Array.IndexOf(numbers, -1L) is >= 0 and int stranger) throw new DataException($"data: every label must be one of the recipe's classes, but {path.Quoted()} has {found[stranger].Quoted()}.");
        return (Tensor.From(Array.ConvertAll(labels.ToArray<long>(), l => numbers[l])), order);
    }

    (TensorDataset Rows, DataFacts Facts) Numbers(string path, IReadOnlyList<CsvColumn> targets)
    {
        CsvTable table = Csv.Read(path, Options(recipe.Columns is { } columns ? [.. columns, .. targets] : null, null));
        int width = (int)table.Values.Shape[1];
        int[] wanted = recipe.Columns is { } inputs ? [.. Enumerable.Range(inputs.Count, targets.Count)] : [.. targets.Select(t => Find(t, table, width, path))];
        int[] others = [.. Enumerable.Range(0, width).Except(wanted)];
        if (others.Length == 0) throw new DataException($"data: a table must have columns to learn from, but {path.Quoted()} has none beside its targets.");
        Tensor values = Some(table.Values, path);
        string[] names = [.. targets.Zip(wanted, (t, at) => t.Name ?? table.Names?[at] ?? $"column {t.Number.ToString(CultureInfo.InvariantCulture)}")];
        return (new TensorDataset(Picked(values, others), Picked(values, wanted)), new([others.Length], names));
    }

    static int Find(CsvColumn column, CsvTable table, int width, string path) => column.Find(table.Names, width) is >= 0 and int found ? found
        : throw new ArgumentException($"data: a target must be a column, but {path.Quoted()} has {width} columns{(table.Names is { } names ? $" named {string.Join(", ", names.Take(20).Select(n => n.Quoted()))}" : " without names")} and {column} is none of them.");

    static Tensor Picked(Tensor values, int[] columns) => Tensor.Cat([.. columns.Select(c => values.Slice(1, c, c + 1))], 1);

    static Tensor Some(Tensor values, string path) => values.Shape[0] > 0 && values.Shape[1] > 0 ? values
        : throw new DataException($"data: a table must have rows and columns to learn from, but {path.Quoted()} has {values.Shape[0]} rows and {values.Shape[1]} columns.");
}
