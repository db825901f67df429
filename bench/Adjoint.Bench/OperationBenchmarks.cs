using Adjoint.Ops;
using BenchmarkDotNet.Attributes;

namespace Adjoint.Bench;

/// <summary>Every operation of the registry on its first sample, in F32: elementwise ones over <see cref="Copies"/> copies of it, the others as it is, which shows what a call costs by itself.</summary>
[MemoryDiagnoser]
public class OperationBenchmarks
{
    const long Copies = 65_536;

    Tensor[] _inputs = [];

    /// <summary>The operation, by name.</summary>
    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = "";

    public static IEnumerable<string> Names => First.Keys;

    static Dictionary<string, Sample> First { get; } = Registry.Samples().GroupBy(s => s.Op.Name).ToDictionary(g => g.Key, g => g.First());

    [GlobalSetup]
    public void Setup()
    {
        Sample sample = First[Operation];
        int rank = sample.Inputs.Max(x => x.Rank);
        _inputs = [.. sample.Inputs.Select(x => x.DType == DType.F64 ? x.To(DType.F32) : x)];
        if (sample.Op is not Elementwise) return;
        for (int i = 0; i < _inputs.Length; i++) if (_inputs[i].Rank == rank) _inputs[i] = _inputs[i].Expand(Shape.Create([Copies, .. _inputs[i].Shape])).Copy();
    }

    [Benchmark]
    public void Forward()
    {
        using Scope scope = Scope.Begin("benchmark");
        First[Operation].Op.ApplyAll(_inputs);
    }
}
