using System.Globalization;

namespace Adjoint.Kernels.Formulas;

/// <summary>Writes terms the way people do.</summary>
internal static class FormulaText
{
    public static string Of(Term term, string[] names) => Write(term, names, 0);

    /// <summary>Writes a term where only operators that bind at least as tightly as <paramref name="least"/> go without parentheses.</summary>
    static string Write(Term t, string[] names, int least)
    {
        if (t.IsInput) return names[t.Index];
        if (t.IsConstant) return Parenthesized(Number(t.Value), t.Value < 0 && least > 5 ? 0 : 9, least);
        Function f = t.Function!;
        if (f is Composed composed) return Write(composed.Body.With(t.Arguments), names, least);
        if (ReferenceEquals(f, Functions.Select))
            return Parenthesized($"{Write(t.Arguments[0], names, 2)} ? {Write(t.Arguments[1], names, 1)} : {Write(t.Arguments[2], names, 1)}", 1, least);
        if (ReferenceEquals(f, Functions.Negate)) return Parenthesized("-" + Write(t.Arguments[0], names, 7), 7, least);
        if (ReferenceEquals(f, Functions.Not)) return "!(" + Write(t.Arguments[0], names, 0) + ")";
        if (f.Symbol is null)
            return char.ToLowerInvariant(f.Name[0]) + f.Name[1..] + "(" + string.Join(", ", t.Arguments.Select(a => Write(a, names, 0))) + ")";

        (Term left, Term right, string symbol) = (t.Arguments[0], t.Arguments[1], f.Symbol);
        if (left.IsConstant && symbol is "<" or "<=") (left, right, symbol) = left.IsConstant ? (right, left, symbol == "<" ? ">" : ">=") : (left, right, symbol);
        int binding = symbol switch { "||" => 2, "&&" => 3, "+" or "-" => 5, "*" or "/" => 6, _ => 4 };
        // a - (b - c), a / (b * c): the right side of an operator that does not associate binds one tighter.
        int tighter = symbol is "+" or "&&" or "||" ? binding : binding + 1;
        return Parenthesized($"{Write(left, names, binding)} {symbol} {Write(right, names, tighter)}", binding, least);
    }

    static string Parenthesized(string text, int binding, int least) => binding < least ? $"({text})" : text;

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
