using System.Text.Json.Nodes;
using Adjoint.Ops;

namespace Adjoint.Cli.Runs;

/// <summary>The largest errors of an operation over its samples.</summary>
internal sealed record OperationResult(string Name, int Samples, double Value, double Single, double Gradient, double Second, IReadOnlyList<string> Failures)
{
    public bool Passed => Failures.Count == 0;

    /// <summary>Checks all samples; one that throws is a failure, not the end.</summary>
    public static OperationResult Of(string name, IEnumerable<Sample> samples)
    {
        var checks = new List<OperationCheck>();
        var failures = new List<string>();
        int count = 0;
        foreach (Sample sample in samples)
        {
            count++;
            try
            {
                OperationCheck check = OperationCheck.Run(sample);
                checks.Add(check);
                if (!check.Passed) failures.Add(FormattableString.Invariant($"{sample}: errors must be within their tolerances, but F64 is {check.ValueError:0.0e+00}, F32 is {check.SingleError:0.0e+00} (allowed {sample.Tolerance:0.0e+00}), gradient is {check.GradientError:0.0e+00} and second is {check.SecondError:0.0e+00}."));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failures.Add($"{sample}: {e.GetType().Name}: {e.Message}");
            }
        }

        return new(name, count, Most(c => c.ValueError), Most(c => c.SingleError), Most(c => c.GradientError), Most(c => c.SecondError), failures);

        double Most(Func<OperationCheck, double> error) => checks.Select(error).DefaultIfEmpty(double.NaN).Max();
    }

    public JsonObject Record() => new()
    {
        ["name"] = Name,
        ["samples"] = Samples,
        ["passed"] = Passed,
        ["value_error"] = Finite(Value),
        ["single_error"] = Finite(Single),
        ["gradient_error"] = Finite(Gradient),
        ["second_error"] = Finite(Second),
        ["failures"] = new JsonArray([.. Failures.Select(f => (JsonNode)f)]),
    };

    // JSON has no word for infinity.
    static JsonNode? Finite(double error) => double.IsFinite(error) ? error : null;
}
