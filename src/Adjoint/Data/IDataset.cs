namespace Adjoint.Data;

/// <summary>Examples that can be fetched by number.</summary>
[PyTorch("torch.utils.data.Dataset", Differs = "Fetches rows, many at a time.", Use = "class Mine : IDataset")]
public interface IDataset
{
    /// <summary>The number of examples.</summary>
    long Count { get; }

    /// <summary>Fetches rows, in this order, into tensors of their own, which the caller may overwrite.</summary>
    /// <remarks>A loader that prefetches calls this on its own thread; it never calls it on two threads at once.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist.</exception>
    Batch Fetch(ReadOnlySpan<long> rows);
}
