using System.Collections;

namespace Adjoint.Data;

/// <summary>Goes through a data set in batches; one enumeration is one epoch.</summary>
/// <remarks>
/// Order: epoch e is shuffled by a stream that depends on (seed, stream, e) alone, so that it is the same with and without prefetching,
/// on every machine, and after a resume. The generator itself is not moved. Where an epoch draws its rows, so are they drawn.
/// Memory: the loader takes a batch back when the next is asked for (<see cref="Batch.Keep"/> prevents it); with prefetching, at most
/// that many batches wait or are being made besides the one in use.
/// An enumeration that is broken off leaves the epoch's number as it is: the next one begins the same epoch again, unless
/// <see cref="State"/> is set to where it stopped.
/// </remarks>
/// <example><code>
/// var loader = new DataLoader(train, 64, shuffle: new Generator(1), prefetch: 2, transforms: [new ToFloat()]);
/// foreach ((Tensor x, Tensor y) in loader) { … }
/// </code></example>
[PyTorch("torch.utils.data.DataLoader", Differs = "`shuffle` is a generator. `prefetch` batches are made by a thread of the process; there are no workers to start. Transforms change whole batches. A batch goes back to the loader when the next is asked for.")]
public sealed class DataLoader : IEnumerable<Batch>
{
    readonly IDataset _dataset;
    readonly long? _draws;
    readonly int _batchSize, _prefetch;
    readonly Generator? _shuffle, _random;
    readonly IReadOnlyList<ITransform> _transforms;
    long _epoch, _position, _start;

    /// <summary>Prepares a loader; nothing is read yet.</summary>
    /// <param name="dataset">The examples.</param>
    /// <param name="batchSize">Rows a batch, at least 1.</param>
    /// <param name="shuffle">Draws each epoch's order; null: the data set's order.</param>
    /// <param name="dropLast">Whether to leave out a last batch that is not full.</param>
    /// <param name="prefetch">How many batches a thread of the loader's own makes ahead; 0: none.</param>
    /// <param name="transforms">Applied to every batch, in this order.</param>
    /// <param name="random">Where random transforms draw from; null: <paramref name="shuffle"/>.</param>
    /// <param name="draws">How many rows an epoch has, each drawn by <paramref name="shuffle"/> from all of them, so that some come again and others not at all; null: every row once.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1, prefetch is below 0, or draws is below 1.</exception>
    /// <exception cref="ArgumentException">A transform is random, or rows are drawn, and there is no generator.</exception>
    /// <exception cref="DataException">There would be no batch: the data set is empty, or smaller than a batch that must be full.</exception>
    public DataLoader(IDataset dataset, int batchSize, Generator? shuffle = null, bool dropLast = false, int prefetch = 0, IReadOnlyList<ITransform>? transforms = null, Generator? random = null, long? draws = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (batchSize < 1) throw new ArgumentOutOfRangeException(nameof(batchSize), $"data loader: the batch size must be at least 1, but it is {batchSize}.");
        if (prefetch < 0) throw new ArgumentOutOfRangeException(nameof(prefetch), $"data loader: prefetch must be at least 0, but it is {prefetch}.");
        if (draws is < 1) throw new ArgumentOutOfRangeException(nameof(draws), $"data loader: an epoch must draw at least 1 row, but draws is {draws}.");
        if (draws is not null && shuffle is null) throw new ArgumentException($"data loader: rows are drawn by a generator, but draws is {draws} and shuffle is not given.");
        if (dataset.Count == 0) throw new DataException("data loader: the data set must have rows, but it has none.");
        if (shuffle is not null && draws is null && dataset.Count > Array.MaxLength) throw new DataException($"data loader: at most {Array.MaxLength} rows can be shuffled, but the data set has {dataset.Count}.");
        if (draws > Array.MaxLength) throw new DataException($"data loader: an epoch can draw at most {Array.MaxLength} rows, but draws is {draws}.");
        (_draws, _dataset, _batchSize, _prefetch, _shuffle, _random, _transforms) = (draws, dataset, batchSize, prefetch, shuffle, random ?? shuffle, transforms ?? []);
        if (_random is null && _transforms.FirstOrDefault(t => t.IsRandom) is { } transform) throw new ArgumentException($"data loader: a random transform needs a generator, but {transform.GetType().Name} is random and neither shuffle nor random is given.");
        long rows = draws ?? dataset.Count;
        Batches = dropLast ? rows / batchSize : (rows + batchSize - 1) / batchSize;
        if (Batches == 0) throw new DataException($"data loader: a full batch must fit into the data set, but the batch size is {batchSize} and {(draws is null ? "the data set" : "an epoch")} has {rows} rows. Hint: do not drop the last batch.");
    }

    /// <summary>The number of batches in an epoch.</summary>
    public long Batches { get; }

    /// <summary>The number of the epoch that is running or comes next, from 0.</summary>
    public long Epoch => _epoch;

    /// <summary>Where the latest enumeration stands. Setting it lets the next enumeration go on from there.</summary>
    /// <remarks>A state taken after an epoch's last batch but before its end gives a rest of no batches, after which the epoch ends as it would have.</remarks>
    /// <exception cref="ArgumentException">The state is of other data, another batch size or another generator: what would follow would be no continuation.</exception>
    public LoaderState State
    {
        get => new(_epoch, _position, _dataset.Count, _batchSize, _shuffle?.Seed ?? 0, _shuffle?.Stream ?? 0, _draws ?? 0);
        set
        {
            Check(value);
            (_epoch, _position, _start) = (value.Epoch, value.Position, value.Position);
        }
    }

    /// <summary>Throws what setting <see cref="State"/> would throw.</summary>
    internal void Check(LoaderState value)
    {
        LoaderState own = State with { Epoch = value.Epoch, Position = value.Position };
        if (value != own) throw new ArgumentException($"data loader: a state must come from the same rows, batch size and generator, but it is {value} and this loader would be {own}.");
        if (value.Epoch < 0 || value.Position < 0 || value.Position > Batches) throw new ArgumentException($"data loader: a state must lie within an epoch of {Batches} batches, but its epoch is {value.Epoch} and its position is {value.Position}.");
    }

    /// <summary>Runs through one epoch, or what is left of it after <see cref="State"/> was set.</summary>
    public IEnumerator<Batch> GetEnumerator() => Run(CancellationToken.None).GetEnumerator();

    /// <summary>Runs through one epoch; cancelling ends the wait for a batch.</summary>
    /// <exception cref="OperationCanceledException">On asking for a batch after <paramref name="cancellation"/> was cancelled.</exception>
    public IEnumerable<Batch> Run(CancellationToken cancellation)
    {
        EpochPlan plan = new(_dataset, _batchSize, _draws, _shuffle?.Split(2 * (ulong)_epoch), _random?.Split((2 * (ulong)_epoch) + 1), _transforms);
        long start = _start;
        (_position, _start) = (start, 0);
        using Prefetcher? ahead = _prefetch > 0 && start < Batches ? new(plan.Make, start, Batches, _prefetch) : null;
        for (long index = start; index < Batches; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            Batch batch = ahead?.Take(cancellation) ?? plan.Make(index);
            _position = index + 1;
            yield return batch;
            // Reached when the next batch is asked for. Who breaks off keeps the batch in hand.
            batch.Release();
        }

        (_epoch, _position) = (_epoch + 1, 0);
    }

    /// <summary>Runs through epoch after epoch, without end.</summary>
    /// <inheritdoc cref="Run" path="/exception"/>
    public IEnumerable<Batch> RunForever(CancellationToken cancellation = default)
    {
        while (true)
        {
            foreach (Batch batch in Run(cancellation)) yield return batch;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
