namespace Adjoint;

/// <summary>Shapes do not fit the operation's rule; the message is one sentence with the rule and the shapes that came.</summary>
public sealed class ShapeException(string message) : ArgumentException(message);

/// <summary>Element types do not fit the operation's rule.</summary>
public sealed class DTypeException(string message) : ArgumentException(message);

/// <summary>The recorded graph cannot do what was asked: no gradient, already freed, a saved value overwritten.</summary>
public sealed class GraphException(string message) : InvalidOperationException(message);

/// <summary>A tensor was used after the scope that owned it ended.</summary>
public sealed class ReleasedTensorException(string message) : InvalidOperationException(message);

/// <summary>A tensor that has a shape and an element type but no numbers (<see cref="ShapeOnly"/>) was read or written.</summary>
public sealed class ShapeOnlyException(string message) : InvalidOperationException(message);

/// <summary>A file or stream is not what its format promises.</summary>
public sealed class FormatException(string message, Exception? inner = null) : IOException(message, inner);
