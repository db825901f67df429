using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>The memory that a forward and a backward pass take beside their inputs grows with T, and not with T².</summary>
[Collection(Alone.Name)]
public class AttentionMemoryTests
{
    static readonly long[] Lengths = [512, 1024, 2048, 4096];

    /// <summary>The part of the bytes at the greatest length that may belong to T². Blocks of memory come in sizes an eighth apart, which the fit sees too.</summary>
    const double Negligible = 0.01;

    [Theory, InlineData(false), InlineData(true)]
    public void Extra_memory_grows_linearly_with_the_row(bool all)
    {
        double share = QuadraticShare((q, k, v, documents) => all
            ? q.ScaledDotProductAttention(k, v, isCausal: true, window: 200, alibi: true, documents: documents)
            : q.ScaledDotProductAttention(k, v, isCausal: true));
        Assert.True(share < Negligible, $"{share}");
    }

    [Fact]
    public void The_composed_form_would_not_pass()
    {
        double share = QuadraticShare((q, k, v, _) => AttentionComposed.Apply(q, k, v, null, null, AttentionReach.Causal, 0.25));
        Assert.True(share > 0.9, $"{share}");
    }

    /// <summary>How much of the most extra bytes is in the T² of c₀ + c₁·T + c₂·T², fitted by least squares to the bytes of each length.</summary>
    static double QuadraticShare(Func<Tensor, Tensor, Tensor, Tensor, Tensor> attention)
    {
        double[] bytes = [.. Lengths.Select(length => (double)ExtraBytes(attention, length))];
        double most = Lengths[^1];
        // Normal equations of the columns 1, t, t² with t = T / 4096, so that the last coefficient is already the bytes at the greatest length.
        double[,] a = new double[3, 4];
        for (int i = 0; i < Lengths.Length; i++)
        {
            double[] row = [1, Lengths[i] / most, Lengths[i] / most * (Lengths[i] / most), bytes[i]];
            for (int r = 0; r < 3; r++)
                for (int c = 0; c < 4; c++) a[r, c] += row[r] * row[c];
        }

        for (int pivot = 0; pivot < 3; pivot++)
        {
            for (int r = 0; r < 3; r++)
            {
                if (r == pivot) continue;
                double factor = a[r, pivot] / a[pivot, pivot];
                for (int c = 0; c < 4; c++) a[r, c] -= factor * a[pivot, c];
            }
        }

        return Math.Abs(a[2, 3] / a[2, 2]) / bytes[^1];
    }

    static long ExtraBytes(Func<Tensor, Tensor, Tensor, Tensor, Tensor> attention, long length)
    {
        // What others have left to the collector must not come back while this is measured.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var random = new Generator(1);
        using Scope scope = Scope.Begin("memory");
        Tensor Draw() => random.Normal([1, 1, length, 16]).AsParameter();
        Tensor q = Draw(), k = Draw(), v = Draw(), documents = Tensor.From([.. Enumerable.Range(0, (int)length).Select(i => (long)i / 300)]);
        using PeakWatch watch = TensorMemory.Watch();
        long before = TensorMemory.LiveBytes;
        attention(q, k, v, documents).Square().Sum().Backward();
        return watch.Bytes - before;
    }
}
