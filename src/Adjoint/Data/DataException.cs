namespace Adjoint.Data;

/// <summary>The values of a data set break a rule: a label outside its classes, a number that is not finite, an empty set.</summary>
public sealed class DataException(string message) : ArgumentException(message);
