using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Ops;

[Collection(Alone.Name)]
public sealed class ThreadedRecurrenceTests
{
    /// <summary>Three chunks of rows, the last one smaller, and gradients that are summed over all of them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_number_of_threads_gives_the_same_bits(bool reverse)
    {
        int before = Parallel.Threads;
        try
        {
            var all = new List<float[]>();
            foreach (int threads in new[] { 1, 2, 4 })
            {
                Parallel.Threads = threads;
                all.Add(Run(reverse));
            }

            Assert.Equal(all[0].Select(BitConverter.SingleToInt32Bits), all[1].Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(all[0].Select(BitConverter.SingleToInt32Bits), all[2].Select(BitConverter.SingleToInt32Bits));
        }
        finally { Parallel.Threads = before; }
    }

    static float[] Run(bool reverse)
    {
        var random = new Generator(1);
        Tensor Draw(params ReadOnlySpan<long> shape) => random.Normal(Shape.Create(shape), 0, 0.2).AsParameter();
        Tensor[] inputs = [Draw(37, 5, 20), Draw(96, 20), Draw(96, 24), Draw(96), Draw(96), Draw(37, 24), Draw(37, 24)];
        (Tensor y, Tensor h, Tensor c) = inputs[0].Lstm(inputs[1], inputs[2], inputs[3], inputs[4], (inputs[5], inputs[6]), reverse);
        (y.Square().Sum() + h.Sum() + c.Sum()).Backward();
        return [.. y.ToArray<float>(), .. h.ToArray<float>(), .. c.ToArray<float>(), .. inputs.SelectMany(x => x.Grad!.ToArray<float>())];
    }
}
