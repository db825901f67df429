using Adjoint.Conformance;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Golden;

/// <summary>Values, gradients, curvatures, optimizers and schedules of an independent framework.</summary>
public class GoldenTests
{
    /// <summary>Operations that do not exist yet. One that is built must leave this list, one that breaks cannot hide in it.</summary>
    static readonly string[] NotBuilt = [];

    static readonly SafetensorsFile File = GoldenFile.Open("ops.safetensors");
    static readonly Dictionary<string, Case> ByName = Case.In(File).ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. ByName.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Double_precision_agrees(string name) => Run(name, DType.F64);

    [Theory, MemberData(nameof(Names))]
    public void Single_precision_agrees(string name) => Run(name, DType.F32);

    [Fact]
    public void All_cases_are_there() => Assert.Equal(270, ByName.Count);

    [Fact]
    public void Rounded_constants_explain_where_the_file_is_less_exact()
    {
        double[] Values(string key) => File.Load(key).ToArray<double>();
        Case sigmoid = ByName["hardsigmoid"], celu = ByName["celu"];
        double[] x = Values(sigmoid.Inputs[0].Key), dy = Values(sigmoid.OutputGradients[0]), dx = Values(sigmoid.Gradients[0]!);
        for (int i = 0; i < x.Length; i++) Assert.Equal(Math.Abs(x[i]) < 3 ? dy[i] * (1f / 6) : 0, dx[i], 1e-15);

        const double Alpha = 1.3;
        (x, dy, dx) = (Values(celu.Inputs[0].Key), Values(celu.OutputGradients[0]), Values(celu.Gradients[0]!));
        for (int i = 0; i < x.Length; i++) Assert.Equal(x[i] > 0 ? dy[i] : dy[i] * Alpha / (float)Alpha * Math.Exp(x[i] / (float)Alpha), dx[i], 1e-14);
    }

    static void Run(string name, DType dtype)
    {
        var runner = new Runner(File, dtype);
        runner.Run(ByName[name]);
        Assert.Empty(runner.Failures);
        if (NotBuilt.Contains(ByName[name].Operation)) Assert.Single(runner.Skips);
        else Assert.Empty(runner.Skips);
    }
}
