namespace Adjoint.Ops;

/// <summary>One sample of one operation, checked on this very processor.</summary>
/// <param name="Sample">What was checked.</param>
/// <param name="ValueError">F64 result against the double reference, relative.</param>
/// <param name="SingleError">F32 result against the double reference, relative.</param>
/// <param name="GradientError">Gradient against finite differences, relative.</param>
/// <param name="SecondError">Gradient of the gradient against finite differences, relative; 0 where it is not claimed.</param>
public sealed record OperationCheck(Sample Sample, double ValueError, double SingleError, double GradientError, double SecondError)
{
    /// <summary>The most a correct F64 result may differ.</summary>
    public const double ValueTolerance = 1e-12;

    /// <summary>The most a correct gradient may differ from a finite difference.</summary>
    public const double GradientTolerance = 2e-7;

    /// <summary>Whether every error is within its tolerance.</summary>
    public bool Passed =>
        ValueError <= ValueTolerance && SingleError <= Sample.Tolerance && GradientError <= GradientTolerance && SecondError <= GradientTolerance * 10;

    /// <summary>Runs the checks.</summary>
    public static OperationCheck Run(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        using Scope scope = Scope.Begin($"check of {sample.Op.Name}");
        Plain[] expected = sample.Op.Reference([.. sample.Inputs.Select(Plain.From)]);
        double value = Error(sample.Op.ApplyAll(sample.Inputs), expected);
        Tensor[] singles = [.. sample.Inputs.Select(x => x.DType == DType.F64 ? x.To(DType.F32) : x)];
        // The reference sees the rounded inputs, so that only the operation's own error counts.
        double single = Error(sample.Op.ApplyAll(singles), sample.Op.Reference([.. singles.Select(Plain.From)]));
        double gradient = GradientCheck.FirstOrder(x => sample.Op.ApplyAll(x), sample.Inputs, sample.IsDifferentiable);
        double second = sample.SecondOrder ? GradientCheck.SecondOrder(x => sample.Op.ApplyAll(x), sample.Inputs, sample.IsDifferentiable) : 0;
        return new(sample, value, single, gradient, second);
    }

    /// <summary>The largest difference relative to the larger of the value and the result's root mean square; infinite for another shape or a misplaced NaN.</summary>
    public static double Error(ReadOnlySpan<Tensor> actual, ReadOnlySpan<Plain> expected)
    {
        double worst = 0;
        for (int i = 0; i < Math.Min(actual.Length, expected.Length); i++)
        {
            if (actual[i].Shape != expected[i].Shape) return double.PositiveInfinity;
            double[] values = Plain.From(actual[i]).Values, references = expected[i].Values;
            double typical = Math.Sqrt(references.Where(double.IsFinite).Select(r => r * r).DefaultIfEmpty().Average());
            for (int j = 0; j < values.Length; j++)
            {
                if (values[j].Equals(references[j])) continue;
                double error = Math.Abs(values[j] - references[j]) / Math.Max(Math.Max(Math.Abs(references[j]), typical), 1e-30);
                worst = Math.Max(worst, double.IsNaN(error) ? double.PositiveInfinity : error);
            }
        }

        return worst;
    }
}
