namespace Adjoint.Data;

/// <summary>A transform given as a function: <c>new EachBatch(batch => new(batch.Inputs * 2, batch.Targets))</c>.</summary>
/// <remarks>It runs on the loader's thread if the loader prefetches; nothing is recorded, and what it does not return is released.</remarks>
[PyTorch("torchvision.transforms.Lambda", Differs = "Of whole batches.")]
public sealed class EachBatch : ITransform
{
    readonly Func<Batch, Generator?, Batch> _apply;

    /// <summary>A function that draws no random numbers.</summary>
    public EachBatch(Func<Batch, Batch> apply)
    {
        ArgumentNullException.ThrowIfNull(apply);
        _apply = (batch, _) => apply(batch);
    }

    /// <summary>A function that draws from the generator it is given.</summary>
    public EachBatch(Func<Batch, Generator, Batch> apply)
    {
        ArgumentNullException.ThrowIfNull(apply);
        IsRandom = true;
        _apply = (batch, random) => apply(batch, random!);
    }

    /// <inheritdoc/>
    public bool IsRandom { get; }

    /// <inheritdoc/>
    public Batch Apply(Batch batch, Generator? random) => _apply(batch, random);
}
