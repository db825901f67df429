using Adjoint.Conformance;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Golden;

/// <summary>The second golden file: the first one's operations with other shapes and settings, and many more operations.</summary>
public class MoreGoldenTests
{
    static readonly SafetensorsFile File = GoldenFile.Open("more.safetensors");
    static readonly ILookup<string, Case> ByOperation = Case.In(File).ToLookup(c => c.Operation);

    public static TheoryData<string> OperationNames => [.. ByOperation.Select(g => g.Key)];

    [Theory, MemberData(nameof(OperationNames))]
    public void Double_precision_agrees(string operation) => Run(operation, DType.F64);

    [Theory, MemberData(nameof(OperationNames))]
    public void Single_precision_agrees(string operation) => Run(operation, DType.F32);

    [Fact]
    public void All_cases_are_there() => Assert.Equal((1699, 353), (ByOperation.Sum(g => g.Count()), ByOperation.Count));

    [Fact]
    public void Noise_is_small_beside_a_wrong_value()
    {
        // The same values under another operation's name must not pass as rounding errors.
        foreach (DType dtype in (DType[])[DType.F64, DType.F32])
        {
            var runner = new Runner(File, dtype);
            foreach (Case @case in ByOperation["sin"].Take(3)) runner.Run(@case with { Operation = "atan" });
            Assert.Equal(0, runner.Passed);
            Assert.Equal(3, runner.Failures.Count);
        }
    }

    static void Run(string operation, DType dtype)
    {
        var runner = new Runner(File, dtype);
        foreach (Case @case in ByOperation[operation]) runner.Run(@case);
        Assert.Empty(runner.Failures);
        Assert.Empty(runner.Skips);
    }
}
