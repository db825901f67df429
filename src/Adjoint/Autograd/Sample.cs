using System.Globalization;

namespace Adjoint;

/// <summary>An operation that shows how it is used: its examples drive the tests, the gradient checks, the benchmarks and the docs.</summary>
public interface ISampled
{
    /// <summary>Small, awkward inputs in F64, away from kinks and poles, with the operation's settings varied.</summary>
    static abstract IEnumerable<Sample> Samples(Generator random);

    /// <summary>Wrong uses and the exact sentence each earns.</summary>
    static virtual IEnumerable<Misuse> Misuses(Generator random) => [];
}

/// <summary>One use of an operation.</summary>
/// <param name="Op">The operation with its settings.</param>
/// <param name="Inputs">Its inputs; floating-point ones are in F64.</param>
public sealed record Sample(Op Op, params Tensor[] Inputs)
{
    /// <summary>The inputs whose gradient is not to be checked although they are floating-point numbers.</summary>
    public int[] Constant { get; init; } = [];

    /// <summary>False where a second derivative is zero, undefined or not claimed at these inputs.</summary>
    public bool SecondOrder { get; init; } = true;

    /// <summary>Relative tolerance of the F32 result against the double reference.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Whether an input takes part in gradient checks.</summary>
    public bool IsDifferentiable(int input) => Inputs[input].DType.IsFloat && !Constant.Contains(input);

    /// <summary><c>softmax { Dim = 1 }([2, 3])</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Op}({string.Join(", ", Inputs.Select(i => i.Shape))})");
}

/// <summary>A wrong use, and the sentence it earns.</summary>
/// <param name="Use">What the user did.</param>
/// <param name="Exception">The exception's type.</param>
/// <param name="Message">The exception's message, word for word.</param>
public sealed record Misuse(Action Use, Type Exception, string Message)
{
    /// <summary>A misuse that a <typeparamref name="T"/> answers.</summary>
    public static Misuse Of<T>(Action use, string message) where T : Exception => new(use, typeof(T), message);

    /// <inheritdoc/>
    public override string ToString() => Message;
}
