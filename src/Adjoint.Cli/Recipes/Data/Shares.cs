using System.Globalization;

namespace Adjoint.Cli.Recipes;

/// <summary>The parts that data is divided into.</summary>
internal static class Shares
{
    /// <summary>Something must be left to learn from.</summary>
    public static IEnumerable<(string Property, string Sentence)> Check(double validation, double test)
    {
        if (validation + test >= 1)
            yield return ("data", string.Create(CultureInfo.InvariantCulture, $"data.validation and data.test together must be below 1, but they are {validation} and {test}."));
    }

    /// <summary>The fractions, without a test part where there is none.</summary>
    public static double[] Fractions(double validation, double test) => test > 0 ? [1 - (validation + test), validation, test] : [1 - validation, validation];
}
