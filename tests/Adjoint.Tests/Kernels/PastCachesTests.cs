using Xunit;

namespace Adjoint.Tests.Kernels;

/// <summary>Results that are too large for the caches are written past them: with the bits of small ones, and nothing beside their place.</summary>
public class PastCachesTests
{
    const long Rows = 4100, Columns = 1024;

    // The second shape is large too, but its rows end inside a line: it must go the ordinary way.
    [Theory]
    [InlineData(Rows, Columns)]
    [InlineData(Rows, Columns + 5)]
    public void Normalised_rows_have_the_bits_of_a_few(long rows, long columns)
    {
        using Scope scope = Scope.Begin("test");
        var random = new Generator(1);
        Tensor x = random.Normal([rows, columns]).AsParameter(), dy = random.Normal([rows, columns]), weight = random.Normal([columns]), bias = random.Normal([columns]);
        Tensor y = x.LayerNorm([columns], weight, bias);
        y.Backward(dy);
        foreach (long start in new[] { 0, rows / 2, rows - 3 })
        {
            Tensor few = x.Detach().Slice(0, start, start + 3).Copy().AsParameter(), part = few.LayerNorm([columns], weight, bias);
            part.Backward(dy.Slice(0, start, start + 3));
            Assert.Equal(part.ToArray<float>(), y.Slice(0, start, start + 3).ToArray<float>());
            Assert.Equal(few.Grad!.ToArray<float>(), x.Grad!.Slice(0, start, start + 3).ToArray<float>());
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.I64)]
    public void Elements_have_the_bits_of_a_few(DType type)
    {
        using Scope scope = Scope.Begin("test");
        var random = new Generator(1);
        const long Count = (Rows * Columns) + 7;
        Tensor a = (random.Normal([Count]) * 100).To(type), b = (random.Normal([Count]) * 100).To(type);
        Tensor y = a * b + a;
        foreach (long start in new[] { 0, Count / 3, Count - 50 })
        {
            Tensor p = a.Slice(0, start, start + 50), q = b.Slice(0, start, start + 50);
            Assert.Equal((p * q + p).To(DType.F64).ToArray<double>(), y.Slice(0, start, start + 50).To(DType.F64).ToArray<double>());
        }
    }
}
