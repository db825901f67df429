namespace Adjoint.Ops;

// What is derived from the formula for people to read, and for those who follow a gradient by hand.
public abstract partial record Elementwise
{
    internal string Equation => string.Join(", ", Plan.Formula.Equations());

    internal IReadOnlyList<string> Derivatives => [.. Plan.Formula.Derivatives()];

    /// <summary>Whether it is a function of one number.</summary>
    internal bool IsUnary => Plan.Formula is { Inputs: 1, Outputs: 1 };

    /// <summary>Equation and slope of a function of one number in other letters than x and y: <c>a = exp(z)</c> and <c>a</c>.</summary>
    internal (string Equation, string Derivative) Text(string x, string y)
    {
        Formula formula = Plan.Formula.Renamed([x]);
        return (formula.Equations(y).Single(), $"{formula.Derivative(0, name: y)}");
    }

    /// <summary>dy/dx of a function of one number, in double.</summary>
    internal IReadOnlyList<double> Slopes(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Formula slope = Plan.Formula.Derivative(0);
        return [.. x.Zip(y, (a, b) => slope.Evaluate([a, b])[0])];
    }
}
