using Adjoint.Data;
using Xunit;

namespace Adjoint.Tests.Data;

public class SplittingTests
{
    [Fact]
    public void Parts_take_every_row_once_and_reproducibly()
    {
        TensorDataset set = Sets.Numbered(101);
        IReadOnlyList<Subset> parts = set.Split([0.7, 0.2, 0.1], new Generator(3));
        Assert.Equal([71L, 20, 10], parts.Select(p => p.Count));
        Assert.Equal(Enumerable.Range(0, 101).Select(i => (long)i), parts.SelectMany(p => p.Rows).Order());
        Assert.NotEqual(parts[0].Rows, parts[0].Rows.Order());
        Assert.Equal(parts[1].Rows, set.Split([0.7, 0.2, 0.1], new Generator(3))[1].Rows);
        Assert.NotEqual(parts[1].Rows, set.Split([0.7, 0.2, 0.1], new Generator(4))[1].Rows);
        Assert.Equal(parts[2].Rows.Take(4), Sets.Rows(parts[2].Fetch([0, 1, 2, 3])).Select(r => (long)r));
    }

    [Fact]
    public void A_stratified_split_divides_every_class()
    {
        // 90 rows of class 0, 10 of class 1.
        long[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 10 == 9 ? 1L : 0)];
        TensorDataset set = TensorDataset.Classification(Tensor.Zeros([100, 1]), Tensor.From(labels), 2);
        IReadOnlyList<Subset> parts = set.SplitStratified([0.8, 0.2], new Generator(1));
        Assert.Equal([8, 2], parts.Select(p => p.Rows.Count(r => labels[r] == 1)));
        Assert.Equal([72, 18], parts.Select(p => p.Rows.Count(r => labels[r] == 0)));
        Assert.Equal(100, parts.SelectMany(p => p.Rows).Distinct().Count());
        Assert.NotEqual(parts[0].Rows.OrderBy(r => labels[r]).Select(r => labels[r]), parts[0].Rows.Select(r => labels[r]));
    }

    [Fact]
    public void Every_rule_has_its_sentence()
    {
        TensorDataset set = Sets.Numbered(4);
        Assert.Equal("split: fractions must be above 0 and add up to 1, but they are [0.5, 0.4].", Assert.Throws<ArgumentException>(() => set.Split([0.5, 0.4], new(0))).Message);
        Assert.Equal("split: fractions must be above 0 and add up to 1, but they are [1.5, -0.5].", Assert.Throws<ArgumentException>(() => set.Split([1.5, -0.5], new(0))).Message);
        Assert.Equal("split: every part must have rows, but part 1 would have none and the data set has 4 rows.", Assert.Throws<DataException>(() => set.Split([0.95, 0.05], new(0))).Message);
        Assert.Equal("split: a stratified split needs one label a row, but targets are [4, 2].", Assert.Throws<ShapeException>(() => new TensorDataset(set.Inputs, set.Inputs).SplitStratified([0.5, 0.5], new(0))).Message);
        Assert.StartsWith("subset: rows must be from 0 to 3, but one is 4.", Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(set, [4])).Message, StringComparison.Ordinal);
        Assert.StartsWith("subset: rows must be from 0 to 0, but one is 1.", Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(set, [2]).Fetch([1])).Message, StringComparison.Ordinal);
    }
}
