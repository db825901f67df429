using BenchmarkDotNet.Attributes;

namespace Adjoint.Bench;

/// <summary>What lies between matrix products, forward and backward from a given gradient, in F32: in the second-level cache, and in memory.</summary>
[MemoryDiagnoser]
public class ActivationBenchmarks
{
    const long Columns = 1024;

    Tensor _x = null!, _dy = null!, _weight = null!, _bias = null!;
    Func<Tensor, Tensor> _function = null!;

    /// <summary>32 Ki elements are 128 KiB, 4 Mi are 16 MiB.</summary>
    [Params(32, 4096)]
    public long Rows { get; set; }

    [Params("add", "exp", "tanh", "sigmoid", "silu", "gelu", "gelu of tanh", "softmax", "layer norm", "rms norm")]
    public string Function { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Generator(1);
        (_x, _dy) = (random.Normal([Rows, Columns]).AsParameter(), random.Normal([Rows, Columns]));
        (_weight, _bias) = (random.Normal([Columns]), random.Normal([Columns]));
        _function = Function switch
        {
            "add" => x => x + _dy,
            "exp" => x => x.Exp(),
            "tanh" => x => x.Tanh(),
            "sigmoid" => x => x.Sigmoid(),
            "silu" => x => x.Silu(),
            "gelu" => x => x.Gelu(),
            "gelu of tanh" => x => x.Gelu(approximate: true),
            "softmax" => x => x.Softmax(-1),
            "layer norm" => x => x.LayerNorm([Columns], _weight, _bias),
            _ => x => x.RmsNorm([Columns], _weight),
        };
    }

    [Benchmark]
    public void Forward()
    {
        using Scope scope = Scope.Begin("forward");
        _function(_x.Detach());
    }

    [Benchmark]
    public void ForwardAndBackward()
    {
        using Scope scope = Scope.Begin("both");
        _function(_x).Backward(_dy);
        _x.SetGrad(null);
    }
}
