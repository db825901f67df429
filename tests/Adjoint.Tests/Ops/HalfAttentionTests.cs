using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>Attention of BF16 computes in F32 with what it reads: heads whose keys are widened once, and heads that are too long for that.</summary>
public class HalfAttentionTests
{
    [Theory, InlineData(16, 4, 230, 8), InlineData(2, 2, 500, 33), InlineData(2, 1, 1100, 64)]
    public void It_is_that_of_the_widened_numbers_rounded_once(int heads, int keyHeads, int length, int size)
    {
        var random = new Generator(3);
        Tensor Draw(int count) => random.Normal([2, count, length, size]).To(DType.BF16);
        Tensor q = Draw(heads), k = Draw(keyHeads), v = Draw(keyHeads), dy = Draw(heads);
        foreach ((bool causal, int? window) in ((bool, int?)[])[(true, null), (false, null), (true, 40)])
        {
            Tensor[] halves = Run(DType.BF16), floats = Run(DType.F32);
            Assert.Equal(floats[0].To(DType.BF16).ToArray<BFloat16>(), halves[0].ToArray<BFloat16>());
            // The backward pass reads y, which is rounded.
            for (int i = 1; i < 4; i++)
            {
                double[] expected = Plain.From(floats[i]).Values, actual = Plain.From(halves[i]).Values;
                double largest = expected.Max(Math.Abs);
                Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, largest / 100));
            }

            Tensor[] Run(DType type)
            {
                Tensor[] x = [.. new[] { q, k, v }.Select(t => t.To(type).Detach().AsParameter())];
                Tensor y = x[0].ScaledDotProductAttention(x[1], x[2], isCausal: causal, window: window);
                y.Backward(dy.To(type));
                return [y.Detach(), .. x.Select(t => t.Grad!)];
            }
        }
    }
}
