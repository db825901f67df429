using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>Windows, linear biases and documents, alone and together: the blocked kernels against all scores written out.</summary>
public class AttentionReachTests
{
    static Tensor Draw(ulong seed, params ReadOnlySpan<long> shape) => new Generator(seed).Normal(Shape.Create(shape), dtype: DType.F64);

    public static TheoryData<bool, bool, string> Combinations => [.. from causal in (bool[])[false, true] from documents in (bool[])[false, true] from bias in (string[])["", "numbers", "mask"] select (causal, documents, bias)];

    // 150 queries are a block of 96 and more, 150 keys one of 128 and more.
    [Theory, MemberData(nameof(Combinations))]
    public void Values_and_gradients_are_those_of_the_naive_form(bool isCausal, bool documents, string bias)
    {
        foreach (AttentionCase one in AttentionCase.All.Where(c => (c.IsCausal, c.Documents, c.Bias) == (isCausal, documents, bias))) AgreesWithNaive(one, 150, 150);
    }

    [Theory, InlineData(1), InlineData(37)]
    public void From_a_position_on_too(int queries)
    {
        foreach (AttentionCase one in AttentionCase.All.Where(c => c.KeyHeads == 2 && c.Bias != "mask")) AgreesWithNaive(one with { Position = 131 }, queries, 131 + queries);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Windows_beyond_the_keys_see_nothing(bool isCausal)
    {
        AttentionCase one = new(isCausal, 4, true, false, "", 2, Position: 3);
        AgreesWithNaive(one, 20, 10);
        Tensor q = Draw(1, 2, 6, 20, 4).AsParameter(), k = Draw(2, 2, 2, 10, 4), v = Draw(3, 2, 2, 10, 4);
        Tensor y = one.Apply(q, k, v, null);
        y.Square().Sum().Backward();
        Assert.All(y.Detach()[.., .., 10..].ToArray<double>(), x => Assert.Equal(0, x));
        Assert.All(q.Grad![.., .., 10..].ToArray<double>(), x => Assert.Equal(0, x));
    }

    static void AgreesWithNaive(AttentionCase one, long queries, long keys)
    {
        Tensor[] exact = Results(one.Naive, DType.F64);
        foreach ((DType type, double tolerance) in ((DType, double)[])[(DType.F64, 1e-12), (DType.F32, 1e-5)])
        {
            Tensor[] blocked = Results(one.Apply, type);
            for (int i = 0; i < exact.Length; i++)
            {
                double[] expected = exact[i].ToArray<double>(), actual = blocked[i].To(DType.F64).ToArray<double>();
                double error = expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second) / Math.Max(1, Math.Abs(p.First)));
                Assert.True(error <= tolerance, $"{one} {type} {"y q k v"[2 * i]}: {error}");
            }
        }

        Tensor[] Results(Func<Tensor, Tensor, Tensor, Tensor?, Tensor> attention, DType type)
        {
            Tensor Leaf(ulong seed, long heads, long length, long size) => Draw(seed, AttentionCase.Rows, heads, length, size).To(type).AsParameter();
            Tensor[] x = [Leaf(1, AttentionCase.Heads, queries, 8), Leaf(2, one.KeyHeads, keys, 8), Leaf(3, one.KeyHeads, keys, 5)];
            Tensor y = attention(x[0], x[1], x[2], one.Added(queries, keys, type));
            (y * Draw(4, AttentionCase.Rows, AttentionCase.Heads, queries, 5).To(type)).Sum().Backward();
            return [y.Detach(), .. x.Select(t => t.Grad!)];
        }
    }

    [Theory, InlineData(6), InlineData(2)]
    public void The_composed_form_is_the_same_and_its_gradients_agree_with_finite_differences(int keyHeads)
    {
        foreach (AttentionCase one in AttentionCase.All.Where(c => c.KeyHeads == keyHeads && c.Bias == "numbers" && c.Window != 40).Select(c => c with { Position = 2 }))
        {
            Tensor q = Draw(1, AttentionCase.Rows, AttentionCase.Heads, 3, 2), k = Draw(2, AttentionCase.Rows, keyHeads, 5, 2), v = Draw(3, AttentionCase.Rows, keyHeads, 5, 2), bias = one.Added(3, 5, DType.F64)!;
            double[] blocked = one.Apply(q, k, v, bias).ToArray<double>(), composed = one.Apply(q, k, v, bias.Copy().AsParameter()).Detach().ToArray<double>();
            Assert.All(blocked.Zip(composed), p => Assert.Equal(p.First, p.Second, 1e-13));
            double error = GradientCheck.FirstOrder(x => [one.Apply(x[0], x[1], x[2], x[3])], [q, k, v, bias], _ => true);
            Assert.True(error < 1e-6, $"{one}: {error}");
            error = GradientCheck.SecondOrder(x => [one.Apply(x[0], x[1], x[2], bias)], [q, k, v], _ => true);
            Assert.True(error < 1e-5, $"{one}: {error}");
        }
    }

    [Fact]
    public void Dropout_drops_only_what_is_seen()
    {
        // Equal keys and a window of 4 make all weights 1/4 from the fourth query on; documents cut the row in two.
        Tensor q = Draw(1, 2, 4, 50, 3), k = Tensor.Ones([2, 4, 50, 3], DType.F64), v = Tensor.Ones([2, 4, 50, 1], DType.F64);
        Tensor documents = Tensor.From([.. Enumerable.Range(0, 50).Select(i => (long)i / 25)]);
        double[] y = q.ScaledDotProductAttention(k, v, isCausal: true, dropout: 0.25, random: new(3), window: 4, documents: documents)[.., .., 28..].ToArray<double>();
        Assert.All(y, value => Assert.Equal(Math.Round(value * 3), value * 3, 1e-12));
        Assert.InRange(y.Average(), 0.9, 1.1);
        Assert.Contains(y, value => value < 0.9);
    }

    [Fact]
    public void Slopes_are_those_of_the_paper()
    {
        Assert.Equal([1.0 / 2, 1.0 / 4, 1.0 / 8, 1.0 / 16, 1.0 / 32, 1.0 / 64, 1.0 / 128, 1.0 / 256], AttentionReach.Slopes(8));
        double[] sixteen = [.. Enumerable.Range(1, 16).Select(i => Math.Pow(2, -i / 2.0))];
        Assert.Equal(sixteen, AttentionReach.Slopes(16));
        Assert.Equal([.. AttentionReach.Slopes(8), sixteen[0], sixteen[2], sixteen[4], sixteen[6]], AttentionReach.Slopes(12));
        Assert.Equal([1.0 / 256], AttentionReach.Slopes(1));
        Assert.Equal([1.0 / 16, 1.0 / 256, 1.0 / 4], AttentionReach.Slopes(3));
        Assert.Equal([], AttentionReach.Slopes(0));
    }

    [Fact]
    public void Blocks_that_no_query_sees_are_not_looked_at()
    {
        // NaN times a weight of zero is NaN: it is seen wherever a product is made. 384 is where a block of queries and one of keys begin.
        const int T = 1000, Edge = 384;
        Tensor q = Draw(1, 1, 1, T, 4), k = Draw(2, 1, 1, T, 4), v = Draw(3, 1, 1, T, 4), dy = Draw(4, 1, 1, T, 4);
        k.Slice(2, 0, Edge).Fill(double.NaN);
        v.Slice(2, 0, Edge).Fill(double.NaN);
        Tensor documents = Tensor.From([.. Enumerable.Range(0, T).Select(i => i < Edge ? 3L : 4)]);
        foreach (bool isCausal in (bool[])[false, true])
        {
            Finite(700, x => x[0].ScaledDotProductAttention(x[1], x[2], isCausal: isCausal, window: 100));
            Finite(Edge, x => x[0].ScaledDotProductAttention(x[1], x[2], isCausal: isCausal, documents: documents));
        }

        Assert.Contains(q.ScaledDotProductAttention(k, v, isCausal: true)[.., .., 700..].ToArray<double>(), double.IsNaN);

        void Finite(int from, Func<Tensor[], Tensor> attention)
        {
            Tensor[] x = [q.Copy().AsParameter(), k.Copy().AsParameter(), v.Copy().AsParameter()];
            Tensor y = attention(x);
            y.Backward(dy);
            Assert.All((Tensor[])[y.Detach(), .. x.Select(t => t.Grad!)], t => Assert.All(t[.., .., from..].ToArray<double>(), n => Assert.True(double.IsFinite(n))));
        }
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4)]
    public void Items_of_a_map_go_as_they_go_alone(int rank)
    {
        long[] leading = [2, 3];
        Tensor Items(ulong seed, params ReadOnlySpan<long> matrix) => Draw(seed, [5, .. leading[(4 - rank)..], .. matrix]);
        Tensor q = Items(1, 4, 3), k = Items(2, 6, 3), v = Items(3, 6, 2), shared = Tensor.From([0L, 0, 1, 1, 1, 2]);
        Tensor own = new Generator(4).Integers(rank == 4 ? [5, 2, 6] : [5, 6], 0, 2);
        Same((a, b, c, d) => Slope(a, b, c, x => x.ScaledDotProductAttention(b, c, isCausal: true, position: 2, window: 3, alibi: true, documents: d)), own);
        Same((a, b, c, d) => Slope(a, b, c, x => x.ScaledDotProductAttention(b, c, position: 1, alibi: true, documents: shared)), own);
        Same((a, b, c, d) => Slope(a, b, c, x => x.ScaledDotProductAttention(b, c, isCausal: true, position: 2, window: 2)), own);

        static Tensor Slope(Tensor q, Tensor k, Tensor v, Func<Tensor, Tensor> attention) => attention(q) + Transform.Grad(x => attention(x).Square().Sum())(q).Sum();

        void Same(Func<Tensor, Tensor, Tensor, Tensor, Tensor> f, Tensor documents)
        {
            Tensor mapped = Transform.Vmap((Tensor[] x) => f(x[0], x[1], x[2], x[3]))([q, k, v, documents]);
            Tensor alone = Tensor.Stack([.. Enumerable.Range(0, 5).Select(i => f(q[i], k[i], v[i], documents[i]))]);
            Assert.Equal(alone.Shape, mapped.Shape);
            Assert.All(alone.ToArray<double>().Zip(mapped.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
        }
    }
}
