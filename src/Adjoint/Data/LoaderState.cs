namespace Adjoint.Data;

/// <summary>Where a <see cref="DataLoader"/> stands, and what its order depends on: all that a resume needs.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Position">How many batches of it were handed out.</param>
/// <param name="Count">The number of rows of the data set.</param>
/// <param name="BatchSize">Rows a batch.</param>
/// <param name="Seed">The shuffling generator's seed; 0 without one.</param>
/// <param name="Stream">The shuffling generator's stream; 0 without one.</param>
/// <param name="Draws">How many rows an epoch draws; 0 where it takes each once.</param>
public readonly record struct LoaderState(long Epoch, long Position, long Count, int BatchSize, ulong Seed, ulong Stream, long Draws = 0);
