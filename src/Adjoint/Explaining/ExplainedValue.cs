namespace Adjoint.Explaining;

/// <summary>What a value of an explained pass is.</summary>
public enum ExplainedKind
{
    /// <summary>It takes no gradient: an input, a target, a number.</summary>
    Constant,

    /// <summary>A leaf: a parameter, or an input asked for its gradient.</summary>
    Leaf,

    /// <summary>A recorded operation made it.</summary>
    Result,
}

/// <summary>A value of an explained pass: a point of its graph, with its numbers and its gradient.</summary>
public sealed class ExplainedValue
{
    readonly List<ExplainedUse> _uses = [];

    internal ExplainedValue(int number, ExplainedKind kind, Shape shape, DType dtype, string? name) =>
        (Number, Kind, Shape, DType, Name) = (number, kind, shape, dtype, name);

    /// <summary>Counted from 0 in the order in which values were met.</summary>
    public int Number { get; }

    /// <summary>What it is.</summary>
    public ExplainedKind Kind { get; }

    /// <summary>The tensor's name, if it has one: that of a parameter is its path in the model.</summary>
    public string? Name { get; }

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The elements in row-major order; none where only a checkpointed function saw them.</summary>
    public IReadOnlyList<double> Values { get; internal set; } = [];

    /// <summary>∂L/∂(this), whole: the sum of what <see cref="Uses"/> gave; null where no gradient arrived.</summary>
    public IReadOnlyList<double>? Gradient { get; internal set; }

    /// <summary>The operation that made it; null of leaves and constants.</summary>
    public ExplainedOperation? Producer { get; internal set; }

    /// <summary>Where it was used, in the order of the forward pass.</summary>
    public IReadOnlyList<ExplainedUse> Uses => _uses;

    internal void Add(ExplainedUse use) => _uses.Add(use);
}

/// <summary>One use of a value as an operation's input.</summary>
public sealed class ExplainedUse
{
    internal ExplainedUse(ExplainedOperation operation, int input) => (Operation, Input) = (operation, input);

    /// <summary>Who used it.</summary>
    public ExplainedOperation Operation { get; }

    /// <summary>As which input, counted from 0.</summary>
    public int Input { get; }

    /// <summary>The gradient that came back from this use, of the value's shape; null where there is none.</summary>
    public IReadOnlyList<double>? Gradient { get; internal set; }
}
