namespace Adjoint.Data;

/// <summary>Adds splitting to data sets.</summary>
public static class Splitting
{
    const int RowsAtOnce = 1024;

    extension(IDataset dataset)
    {
        /// <summary>Splits at random into parts of the given fractions of the rows, which together take all of them.</summary>
        /// <remarks>Part sizes are rounded so that they add up; the split depends on the generator's seed, stream and position alone.</remarks>
        /// <exception cref="ArgumentException">A fraction is not above 0, or they do not add up to 1.</exception>
        /// <exception cref="DataException">A part would be empty.</exception>
        [PyTorch("torch.utils.data.random_split", Differs = "Fractions, and a generator.")]
        public IReadOnlyList<Subset> Split(IReadOnlyList<double> fractions, Generator generator)
        {
            ArgumentNullException.ThrowIfNull(generator);
            CheckFractions(fractions);
            List<long>[] parts = Parts(fractions.Count);
            Deal(generator.Permutation(dataset.Count), fractions, parts);
            return Subsets(dataset, parts);
        }

        /// <summary>Splits at random so that every class is divided by the given fractions (each class rounded by itself).</summary>
        /// <inheritdoc cref="Split(IDataset, IReadOnlyList{double}, Generator)" path="/exception"/>
        /// <exception cref="DTypeException">Targets are not labels: I64, I32 or U8.</exception>
        /// <exception cref="ShapeException">Targets are not one label a row.</exception>
        [NotInPyTorch("A random split in which every class has its share.")]
        public IReadOnlyList<Subset> SplitStratified(IReadOnlyList<double> fractions, Generator generator)
        {
            ArgumentNullException.ThrowIfNull(generator);
            CheckFractions(fractions);
            List<long>[] parts = Parts(fractions.Count);
            foreach (IGrouping<long, long> rows in Labels(dataset).Select((label, row) => (label, row: (long)row)).GroupBy(p => p.label, p => p.row).OrderBy(g => g.Key))
            {
                long[] all = [.. rows];
                Deal([.. generator.Permutation(all.Length).Select(i => all[i])], fractions, parts);
            }

            // Class after class would be a poor order for whoever does not shuffle.
            return Subsets(dataset, [.. parts.Select(part => generator.Permutation(part.Count).Select(i => part[(int)i]).ToList())]);
        }
    }

    static void CheckFractions(IReadOnlyList<double> fractions)
    {
        ArgumentNullException.ThrowIfNull(fractions);
        if (fractions.Count == 0 || !fractions.All(f => f > 0) || Math.Abs(fractions.Sum() - 1) > 1e-9)
            throw new ArgumentException($"split: fractions must be above 0 and add up to 1, but they are [{string.Join(", ", fractions.Select(f => f.ToString(System.Globalization.CultureInfo.InvariantCulture)))}].");
    }

    // Boundaries, not sizes, are rounded: the parts then add up whatever the fractions are.
    static void Deal(long[] rows, IReadOnlyList<double> fractions, List<long>[] parts)
    {
        double sum = 0;
        int from = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            sum += fractions[p];
            int to = p == parts.Length - 1 ? rows.Length : Math.Max(from, (int)Math.Round(sum * rows.Length));
            parts[p].AddRange(rows.AsSpan(from, to - from));
            from = to;
        }
    }

    static List<long>[] Parts(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<long>())];

    static Subset[] Subsets(IDataset dataset, List<long>[] parts)
    {
        int empty = Array.FindIndex(parts, p => p.Count == 0);
        if (empty >= 0) throw new DataException($"split: every part must have rows, but part {empty} would have none and the data set has {dataset.Count} rows.");
        return [.. parts.Select(rows => new Subset(dataset, rows))];
    }

    static List<long> Labels(IDataset dataset)
    {
        var labels = new List<long>();
        for (long from = 0; from < dataset.Count; from += RowsAtOnce)
        {
            using Scope scope = Scope.Begin("labels");
            long[] rows = [.. Enumerable.Range(0, (int)Math.Min(RowsAtOnce, dataset.Count - from)).Select(i => from + i)];
            Tensor targets = dataset.Fetch(rows).Targets;
            if (targets.Rank != 1) throw new ShapeException($"split: a stratified split needs one label a row, but targets are {targets.Shape}.");
            labels.AddRange(Checks.Labels(targets));
        }

        return labels;
    }
}
