using Adjoint.Kernels.Formulas;

namespace Adjoint;

// Derivatives by themselves, as people write them; gradients come with that of the output multiplied in.
public sealed partial class Formula
{
    /// <summary>∂output/∂input over the inputs and, after them, the outputs: <c>y * (1 - y)</c>.</summary>
    internal Formula Derivative(int input, int output = 0, string? name = null)
    {
        GradientFormula gradient = Vjp(input);
        Term[] arguments =
        [
            .. gradient.Inputs.Select(Term.Input),
            .. gradient.Outputs.Select(i => Term.Input(Inputs + i)),
            .. gradient.Gradients.Select(i => i == output ? Algebra.One : Algebra.Zero),
        ];
        return new([gradient.Formula.Roots[0].With(arguments)], [.. Names, .. Enumerable.Range(0, Outputs).Select(i => NameOf(i, name))]);
    }

    /// <summary>What each output is, by name; a word that is known by its definition comes with it: <c>y = sigmoid(x) = 1 / (1 + exp(-x))</c>.</summary>
    /// <param name="name">What the output is called where there is one; y when omitted.</param>
    internal IEnumerable<string> Equations(string? name = null) => Roots.Select((root, i) => $"{NameOf(i, name)} = {FormulaText.Of(root, Names)}{Defined(root)}");

    /// <summary>All derivatives by name, output by output: <c>dy/dx = y * (1 - y)</c>; partial ones, <c>∂y/∂a = b</c>, where there are several inputs.</summary>
    internal IEnumerable<string> Derivatives() =>
        from output in Enumerable.Range(0, Outputs)
        from input in Enumerable.Range(0, Inputs)
        let d = Inputs == 1 ? 'd' : '∂'
        select $"{d}{NameOf(output, null)}/{d}{Names[input]} = {Derivative(input, output)}";

    /// <summary>The same formula with other names of its inputs.</summary>
    internal Formula Renamed(string[] names) => new(Roots, names);

    string NameOf(int output, string? name) => name ?? OutputName(this, output, gradient: false);

    string Defined(Term root) => root.Function?.Definition is { } definition && root.Arguments is [{ IsInput: true }]
        ? $" = {FormulaText.Of(ExpressionReader.Read(definition())[0].With(root.Arguments), Names)}"
        : "";
}
