namespace Adjoint.Training;

/// <summary>A loss and, for classification, an accuracy, over a whole data set.</summary>
/// <param name="Loss">The mean over all rows.</param>
/// <param name="Accuracy">The share of rows that are right, 0 to 1; null where it has no meaning.</param>
/// <param name="Rows">How many rows there were.</param>
public sealed record Score(double Loss, double? Accuracy, long Rows);
