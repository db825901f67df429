using BenchmarkDotNet.Attributes;

namespace Adjoint.Bench;

/// <summary>The three loops that training time is made of, at sizes of real layers, in F32.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    Tensor _square = null!, _images = null!, _filters = null!, _row = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Generator(1);
        _square = random.Normal([1024, 1024]);
        _images = random.Normal([32, 64, 32, 32]);
        _filters = random.Normal([64, 64, 3, 3]);
        _row = random.Normal([1 << 20]);
    }

    /// <summary>2·1024³ FLOP.</summary>
    [Benchmark]
    public void MatMul()
    {
        using Scope scope = Scope.Begin("matmul");
        _square.MatMul(_square);
    }

    /// <summary>2·32·64·32·32·64·9 FLOP.</summary>
    [Benchmark]
    public void Conv2d()
    {
        using Scope scope = Scope.Begin("conv2d");
        _images.Conv2d(_filters, padding: 1);
    }

    /// <summary>One pass over 2²⁰ elements: 8 MiB read and written.</summary>
    [Benchmark]
    public void Gelu()
    {
        using Scope scope = Scope.Begin("gelu");
        _row.Gelu();
    }
}
