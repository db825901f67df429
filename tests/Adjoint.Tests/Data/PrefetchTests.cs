using Adjoint.Data;
using Xunit;

namespace Adjoint.Tests.Data;

/// <summary>The loader's thread: bounded, obedient, and gone when the enumeration is.</summary>
[Collection(Alone.Name)]
public class PrefetchTests
{
    [Fact]
    public void What_the_thread_throws_comes_after_the_batches_before_it()
    {
        var set = new Made(10, rows => rows[0] < 4 ? Rows(rows) : throw new DataException($"row {rows[0]} is bad."));
        foreach (int prefetch in new[] { 0, 1, 8 })
        {
            var seen = new List<int>();
            var error = Assert.Throws<DataException>(() =>
            {
                foreach (Batch batch in new DataLoader(set, 2, prefetch: prefetch)) seen.AddRange(Sets.Rows(batch));
            });
            Assert.Equal("row 4 is bad.", error.Message);
            Assert.Equal([0, 1, 2, 3], seen);
        }
    }

    [Fact]
    public void No_more_batches_are_made_ahead_than_was_asked_for()
    {
        using var made = new SemaphoreSlim(0);
        int count = 0;
        var set = new Made(100, rows =>
        {
            Interlocked.Increment(ref count);
            made.Release();
            return Rows(rows);
        });
        IEnumerator<Batch> batches = new DataLoader(set, 1, prefetch: 3).GetEnumerator();
        for (int taken = 1; taken <= 20; taken++)
        {
            Assert.True(batches.MoveNext());
            Assert.InRange(Volatile.Read(ref count), taken, taken + 3);
        }

        // 20 taken and 3 ahead: it makes those by itself, and no others.
        for (int i = 0; i < 23; i++) made.Wait(TestContext.Current.CancellationToken);
        batches.Dispose();
        Assert.Equal(23, count);
    }

    [Fact]
    public void Breaking_off_ends_the_thread_and_returns_its_memory()
    {
        TensorDataset set = Sets.Numbered(1000);
        Thread? thread = null;
        var loader = new DataLoader(set, 10, prefetch: 4, transforms: [new EachBatch(batch => { thread = Thread.CurrentThread; return batch; })]);
        long live = SettledBytes();
        int taken = 0;
        foreach (Batch batch in loader)
        {
            if (++taken < 5) continue;
            batch.Release();
            break;
        }

        Assert.NotNull(thread);
        Assert.NotEqual(Thread.CurrentThread, thread);
        Assert.False(thread.IsAlive);
        Assert.Equal(live, TensorMemory.LiveBytes);
        GC.KeepAlive(set);
    }

    [Fact]
    public void Cancelling_ends_the_wait_and_the_thread()
    {
        using var cancel = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        Thread? thread = null;
        var set = new Made(10, rows =>
        {
            thread = Thread.CurrentThread;
            if (rows[0] == 2)
            {
                cancel.Cancel();
                release.Wait();
            }

            return Rows(rows);
        });
        int taken = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            using IEnumerator<Batch> batches = new DataLoader(set, 1, prefetch: 1).Run(cancel.Token).GetEnumerator();
            cancel.Token.Register(release.Set);
            while (batches.MoveNext()) taken++;
        });
        Assert.InRange(taken, 0, 2);
        Assert.False(thread!.IsAlive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Memory_stays_flat_over_epochs(int prefetch)
    {
        TensorDataset set = Sets.Numbered(512);
        var loader = new DataLoader(set, 16, new Generator(1), prefetch: prefetch, transforms: [new Normalize([0, 1], [1, 2])]);
        long live = SettledBytes();
        TensorMemory.ResetPeak();
        for (int epoch = 0; epoch < 5; epoch++) Assert.Equal(32, loader.Count());
        Assert.Equal(live, TensorMemory.LiveBytes);
        // A batch is 16 × 2 floats and 16 labels, 128 bytes each; one in use, one in the making, the rest ahead.
        Assert.InRange(TensorMemory.PeakBytes - live, 256, 256 * (prefetch + 2));
        GC.KeepAlive(set);
    }

    // What earlier tests forgot would otherwise come back in the middle of this one.
    static long SettledBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TensorMemory.LiveBytes;
    }

    static Batch Rows(long[] rows) => new(Tensor.From([.. rows.SelectMany(r => new[] { (float)r, 0 })], [rows.Length, 2]), Tensor.From(rows));
}
