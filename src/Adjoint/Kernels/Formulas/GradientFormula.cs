namespace Adjoint;

/// <summary>How gradients of a formula's inputs are computed: <c>dx = Formula(inputs, outputs, gradients)</c>.</summary>
/// <remarks>
/// The formula's arguments are, in this order, the forward inputs listed in <see cref="Inputs"/>, the forward outputs
/// listed in <see cref="Outputs"/> and the output gradients listed in <see cref="Gradients"/>. Only what it really uses is
/// listed: the first two lists are what a forward pass has to save.
/// </remarks>
/// <param name="Formula">The gradient; one output for each input it was asked for, in the order asked.</param>
/// <param name="Inputs">Numbers of the forward inputs it uses.</param>
/// <param name="Outputs">Numbers of the forward outputs it uses.</param>
/// <param name="Gradients">Numbers of the forward outputs whose gradients it uses.</param>
public sealed record GradientFormula(Formula Formula, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs, IReadOnlyList<int> Gradients)
{
    /// <summary>Whether every output is the constant 0: no gradient flows.</summary>
    public bool IsZero => Array.TrueForAll(Formula.Roots, r => r.Is(0));
}
