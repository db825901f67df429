namespace Adjoint.Data;

/// <summary>A change to every batch, made by the loader before it hands the batch out (on its own thread if it prefetches).</summary>
public interface ITransform
{
    /// <summary>Whether <see cref="Apply"/> draws random numbers.</summary>
    bool IsRandom => false;

    /// <summary>Changes a batch.</summary>
    /// <param name="batch">Tensors of the loader's own: they may be overwritten.</param>
    /// <param name="random">A stream for this epoch, batch and transform alone; never null if <see cref="IsRandom"/>.</param>
    /// <returns>The batch that goes on: the same one, or another.</returns>
    Batch Apply(Batch batch, Generator? random);
}
