namespace Adjoint.Optim;

/// <summary>What an optimizer does to one element of a parameter: one formula, run in place in one pass over memory.</summary>
/// <remarks>
/// Inputs: the weight, its gradient, the states, the scalars. Outputs: the new weight, the new states. Constants of the
/// whole training are captured; what changes from step to step (learning rate, bias corrections) is a scalar.
/// </remarks>
/// <param name="Formula">The formula.</param>
/// <param name="States">The names of the state tensors, which have the parameter's shape.</param>
public sealed record Rule(Formula Formula, params string[] States)
{
    /// <summary>Why a rule with several outputs is safe ahead of time: its <c>new[]</c> is part of an expression tree, and trees are read here and never made into arrays.</summary>
    internal const string IsRead = "The array is part of an expression tree that is only read; arrays of double exist in any case.";

    /// <summary>The number of scalars.</summary>
    public int Scalars => Formula.Inputs - 2 - States.Length;

    /// <summary>Weight decay as part of the gradient, <c>g + decay·w</c>: the gradient of ½·decay·‖w‖².</summary>
    public static Formula Decayed { get; } = Formula.Of((w, g, decay) => g + decay * w);

    /// <summary>A running mean: <c>beta·old + (1 − beta)·now</c>.</summary>
    public static Formula Mean(double beta) => Formula.Of((old, now) => beta * old + (1 - beta) * now);
}
