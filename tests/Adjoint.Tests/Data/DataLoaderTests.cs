using Adjoint.Data;
using Xunit;

namespace Adjoint.Tests.Data;

public class DataLoaderTests
{
    [Fact]
    public void Without_shuffling_rows_come_in_order()
    {
        var loader = new DataLoader(Sets.Numbered(7), 3);
        Assert.Equal(3, loader.Batches);
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6]], Sets.Rows(loader));
        Assert.Equal([[0, 1, 2], [3, 4, 5]], Sets.Rows(new DataLoader(Sets.Numbered(7), 3, dropLast: true)));
        Assert.Equal([[0, 1]], Sets.Rows(new DataLoader(Sets.Numbered(2), 3)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Every_epoch_has_an_order_of_its_own_that_prefetching_does_not_change(int prefetch)
    {
        var generator = new Generator(5);
        var loader = new DataLoader(Sets.Numbered(20), 3, generator, prefetch: prefetch);
        var again = new DataLoader(Sets.Numbered(20), 3, new Generator(5));
        List<int[]> first = Sets.Rows(loader), second = Sets.Rows(loader);
        Assert.Equal(Enumerable.Range(0, 20), first.SelectMany(r => r).Order());
        Assert.Equal(Enumerable.Range(0, 20), second.SelectMany(r => r).Order());
        Assert.NotEqual(first, second);
        Assert.Equal([.. first, .. second], Sets.Rows(again.RunForever(TestContext.Current.CancellationToken).Take(14)));
        Assert.Equal((5UL, 0UL, 0UL), generator.State);
        Assert.NotEqual(first, Sets.Rows(new DataLoader(Sets.Numbered(20), 3, new Generator(6))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_resumed_loader_goes_on_where_the_other_stopped(int prefetch)
    {
        List<int[]> whole = Sets.Rows(Make().RunForever(TestContext.Current.CancellationToken).Take(21));
        for (int stop = 0; stop <= 14; stop++)
        {
            DataLoader before = Make(), after = Make();
            List<int[]> rows = Sets.Rows(before.RunForever(TestContext.Current.CancellationToken).Take(stop));
            after.State = before.State;
            rows.AddRange(Sets.Rows(after.RunForever(TestContext.Current.CancellationToken).Take(21 - stop)));
            Assert.Equal(whole, rows);
        }

        DataLoader Make() => new(Sets.Numbered(20), 3, new Generator(5), prefetch: prefetch, transforms: [new EachBatch((batch, random) =>
        {
            // The second column becomes a random number, which must be resumed too.
            float[] x = batch.Inputs.ToArray<float>();
            for (int i = 0; i < x.Length; i += 2) x[i] = (float)Math.Floor(100 * x[i] + (50 * random.NextDouble()));
            return new(Tensor.From(x, batch.Inputs.Shape), batch.Targets);
        })]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Rows_can_be_drawn_so_that_an_epoch_is_as_long_as_wanted(int prefetch)
    {
        DataLoader Make(long draws = 70) => new(Sets.Numbered(20), 3, new Generator(5), prefetch: prefetch, draws: draws);
        Assert.Equal(24, Make().Batches);
        List<int[]> whole = Sets.Rows(Make().RunForever(TestContext.Current.CancellationToken).Take(60));
        int[] epoch = [.. whole.Take(24).SelectMany(r => r)];
        Assert.Equal(70, epoch.Length);
        Assert.All(epoch, row => Assert.InRange(row, 0, 19));
        Assert.InRange(epoch.Distinct().Count(), 15, 20);
        Assert.InRange(epoch.GroupBy(r => r).Max(g => g.Count()), 4, 15);
        Assert.NotEqual(epoch, whole.Skip(24).Take(24).SelectMany(r => r));
        Assert.Equal(4, Sets.Rows(Make(4)).Sum(r => r.Length));
        DataLoader before = Make(), after = Make();
        List<int[]> rows = Sets.Rows(before.RunForever(TestContext.Current.CancellationToken).Take(31));
        after.State = before.State;
        rows.AddRange(Sets.Rows(after.RunForever(TestContext.Current.CancellationToken).Take(29)));
        Assert.Equal(whole, rows);
        Assert.StartsWith("data loader: a state must come from the same rows, batch size and generator, but it is", Assert.Throws<ArgumentException>(() => Make(71).State = before.State).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_after_the_last_batch_leaves_an_empty_rest_of_the_epoch()
    {
        var loader = new DataLoader(Sets.Numbered(4), 2);
        loader.State = loader.State with { Epoch = 3, Position = 2 };
        Assert.Empty(loader);
        Assert.Equal(4, loader.Epoch);
        Assert.Equal(2, loader.Count());
    }

    [Fact]
    public void Looking_at_the_first_batch_takes_nothing_from_the_epoch()
    {
        var loader = new DataLoader(Sets.Numbered(6), 2, new Generator(1));
        int[] first = Sets.Rows(loader.First());
        Assert.Equal(1, loader.State.Position);
        Assert.Equal(0, loader.Epoch);
        List<int[]> epoch = Sets.Rows(loader);
        Assert.Equal(3, epoch.Count);
        Assert.Equal(first, epoch[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_batch_lasts_until_the_next_is_asked_for(int prefetch)
    {
        var loader = new DataLoader(Sets.Numbered(6), 2, prefetch: prefetch);
        List<Batch> all = [.. loader];
        Assert.All(all, batch => Assert.True(batch.Inputs.IsReleased && batch.Targets.IsReleased));
        Assert.Equal("tensor: a tensor lives as long as its scope, but a tensor of shape [2, 2] was released when scope 'batch of the data loader (it lasts until the next is asked for; Batch.Keep makes it last)' ended. Hint: pass it through Scope.Keep before the scope ends.",
            Assert.Throws<ReleasedTensorException>(() => all[0].Inputs.ToArray<float>()).Message);
        List<Batch> kept = [.. loader.Select(batch => batch.Keep())];
        Assert.Equal([[0, 1], [2, 3], [4, 5]], Sets.Rows(kept));
        using (Scope.Begin("step"))
        {
            foreach (Batch batch in loader) kept.Add(batch);
        }

        Batch broken;
        using (Scope.Begin("step")) broken = loader.First();
        Assert.Equal([0, 1], Sets.Rows(broken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_transform_may_use_operations_and_a_graph_may_outlive_the_batch(int prefetch)
    {
        var loader = new DataLoader(Sets.Numbered(6), 2, prefetch: prefetch, transforms: [new EachBatch(batch => new(batch.Inputs * 2, batch.Targets))]);
        Tensor weight = Tensor.From([3f, 5f]).AsParameter();
        Tensor? loss = null;
        foreach ((Tensor x, _) in loader) loss = loss is null ? (x * weight).Sum() : loss + (x * weight).Sum();
        loss!.Backward();
        // Σ 2·(0 … 5) and Σ 2·(½ … 5½): what the graph saved stayed though the batches went.
        Assert.Equal([30f, 36f], weight.Grad!.ToArray<float>());
    }

    [Fact]
    public void Every_rule_has_its_sentence()
    {
        TensorDataset set = Sets.Numbered(4);
        Assert.StartsWith("data loader: the batch size must be at least 1, but it is 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader(set, 0)).Message, StringComparison.Ordinal);
        Assert.StartsWith("data loader: prefetch must be at least 0, but it is -1.", Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader(set, 1, prefetch: -1)).Message, StringComparison.Ordinal);
        Assert.Equal("data loader: the data set must have rows, but it has none.", Assert.Throws<DataException>(() => new DataLoader(Sets.Numbered(0), 1)).Message);
        Assert.Equal("data loader: a full batch must fit into the data set, but the batch size is 5 and the data set has 4 rows. Hint: do not drop the last batch.", Assert.Throws<DataException>(() => new DataLoader(set, 5, dropLast: true)).Message);
        Assert.Equal("data loader: a random transform needs a generator, but RandomHorizontalFlip is random and neither shuffle nor random is given.", Assert.Throws<ArgumentException>(() => new DataLoader(set, 1, transforms: [new ToFloat(), new RandomHorizontalFlip()])).Message);
        Assert.StartsWith("data loader: an epoch must draw at least 1 row, but draws is 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader(set, 1, new Generator(1), draws: 0)).Message, StringComparison.Ordinal);
        Assert.Equal("data loader: rows are drawn by a generator, but draws is 3 and shuffle is not given.", Assert.Throws<ArgumentException>(() => new DataLoader(set, 1, draws: 3)).Message);
        Assert.Equal($"data loader: an epoch can draw at most {Array.MaxLength} rows, but draws is {long.MaxValue}.", Assert.Throws<DataException>(() => new DataLoader(set, 1, new Generator(1), draws: long.MaxValue)).Message);
        Assert.Equal("data loader: a full batch must fit into the data set, but the batch size is 5 and an epoch has 3 rows. Hint: do not drop the last batch.", Assert.Throws<DataException>(() => new DataLoader(set, 5, new Generator(1), dropLast: true, draws: 3)).Message);
        var loader = new DataLoader(set, 2, new Generator(1));
        Assert.Equal("data loader: a state must lie within an epoch of 2 batches, but its epoch is 0 and its position is 3.", Assert.Throws<ArgumentException>(() => loader.State = loader.State with { Position = 3 }).Message);
        Assert.StartsWith("data loader: a state must come from the same rows, batch size and generator, but it is LoaderState { Epoch = 1,", Assert.Throws<ArgumentException>(() => loader.State = loader.State with { Epoch = 1, Seed = 2 }).Message, StringComparison.Ordinal);
        var other = new DataLoader(new Made(4, rows => new(Tensor.Zeros([1]), Tensor.Zeros([1]))), 2);
        Assert.Equal("data loader: a data set must return the rows it was asked for, but it was asked for 2 and returned 1.", Assert.Throws<DataException>(() => other.First()).Message);
    }
}
