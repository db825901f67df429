using Adjoint.Profiling;
using BenchmarkDotNet.Attributes;

namespace Adjoint.Bench;

/// <summary>What an operation pays for a profile: tiny ones, forward and backward, with none open, with one, and with one that keeps a trace.</summary>
[MemoryDiagnoser]
public class ProfileBenchmarks
{
    const int Operations = 100;

    readonly Tensor _x = Tensor.Ones([4]), _w = Tensor.Ones([4]).RequireGrad();

    /// <summary>What is open.</summary>
    [Params("nothing", "profile", "trace")]
    public string Open { get; set; } = "";

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Forward()
    {
        using Profile? profile = Begin();
        for (int i = 0; i < Operations; i++)
        {
            using Scope scope = Scope.Begin("benchmark");
            Tensor y = _x + _x;
        }
    }

    /// <summary>Two operations and their gradients.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void ForwardAndBackward()
    {
        using Profile? profile = Begin();
        for (int i = 0; i < Operations; i++)
        {
            using Scope scope = Scope.Begin("benchmark");
            (_x * _w).Sum().Backward();
            _w.SetGrad(null);
        }
    }

    Profile? Begin() => Open == "nothing" ? null : Profile.Record(trace: Open == "trace");
}
