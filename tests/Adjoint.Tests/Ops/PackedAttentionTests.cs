using Adjoint.Models;
using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>Attention from one tensor against that from its parts.</summary>
public class PackedAttentionTests
{
    static Tensor Draw(ulong seed, params ReadOnlySpan<long> shape) => new Generator(seed).Normal(Shape.Create(shape), dtype: DType.F64);

    /// <param name="Heads">The heads of the queries.</param>
    /// <param name="KeyHeads">Those of the keys.</param>
    /// <param name="Size">The numbers of each.</param>
    /// <param name="Length">The tokens: one, a part of a block, and more than two blocks.</param>
    internal sealed record Form(int Heads, int KeyHeads, int Size, int Length)
    {
        public Tensor Draw(ulong seed, params ReadOnlySpan<long> leading) => PackedAttentionTests.Draw(seed, [.. leading, Length, (Heads + (2 * KeyHeads)) * Size]);

        public Tensor OfParts(Tensor qkv, bool isCausal, long? window, bool alibi, Tensor? documents)
        {
            Tensor all = qkv.Reshape(qkv.Shape.With(qkv.Rank - 1, Heads + (2 * KeyHeads)).Insert(qkv.Rank, Size)).Transpose(-3, -2);
            Tensor[] x = all.Split([Heads, KeyHeads, KeyHeads], -3);
            Tensor y = x[0].ScaledDotProductAttention(x[1], x[2], isCausal: isCausal, window: window, alibi: alibi, documents: documents);
            return y.Transpose(-3, -2).Reshape(qkv.Shape.With(qkv.Rank - 1, Heads * Size));
        }

        /// <summary>y and dqkv of every combination of what may be asked for.</summary>
        public IEnumerable<(string Options, Tensor[] Packed, Tensor[] Parts)> Results(DType type)
        {
            foreach (bool isCausal in (bool[])[false, true])
            {
                foreach ((long? window, bool alibi, bool hasDocuments) in ((long?, bool, bool)[])[(null, false, false), (40, false, false), (null, true, false), (null, false, true), (7, true, true)])
                {
                    Tensor? documents = hasDocuments ? Tensor.From([.. Enumerable.Range(0, 2 * Length).Select(i => (long)(i / 50))], [2, Length]) : null;
                    Tensor dy = PackedAttentionTests.Draw(2, 2, Length, Heads * Size).To(type);
                    yield return ($"{type} causal {isCausal}, window {window}, alibi {alibi}, documents {hasDocuments}",
                        Both(x => x.SelfAttention(Heads, KeyHeads, isCausal, window: window, alibi: alibi, documents: documents)),
                        Both(x => OfParts(x, isCausal, window, alibi, documents)));

                    Tensor[] Both(Func<Tensor, Tensor> attention)
                    {
                        Tensor qkv = Draw(1, 2).To(type).AsParameter(), y = attention(qkv);
                        y.Backward(dy);
                        return [y.Detach(), qkv.Grad!];
                    }
                }
            }
        }
    }

    [Theory, InlineData(4, 4, 8, 37), InlineData(6, 2, 5, 230), InlineData(3, 1, 7, 230), InlineData(2, 2, 16, 230), InlineData(2, 1, 1, 130), InlineData(2, 2, 33, 1), InlineData(1, 1, 3, 97)]
    public void It_is_that_of_the_parts_to_the_bit(int heads, int keyHeads, int size, int length)
    {
        Form form = new(heads, keyHeads, size, length);
        foreach (DType type in (DType[])[DType.F64, DType.F32, DType.BF16, DType.F16])
        {
            foreach ((string options, Tensor[] packed, Tensor[] parts) in form.Results(type))
            {
                Assert.Equal(parts[0].Shape, packed[0].Shape);
                Assert.Equal(type, packed[0].DType);
                for (int i = 0; i < 2; i++)
                {
                    double[] expected = Plain.From(parts[i]).Values, actual = Plain.From(packed[i]).Values;
                    Assert.True(expected.AsSpan().SequenceEqual(actual), $"{options}: {(i == 0 ? "y" : "dqkv")}");
                }
            }
        }
    }

    [Fact]
    public void Rows_without_a_batch_and_rows_of_two_axes_are_rows()
    {
        Form form = new(4, 2, 3, 9);
        Tensor rows = form.Draw(1, 2, 3);
        double[] all = rows.SelfAttention(4, 2, isCausal: true).ToArray<double>();
        Assert.Equal(all, rows.Flatten(0, 1).SelfAttention(4, 2, isCausal: true).ToArray<double>());
        Assert.Equal(all[..(9 * 12)], rows[0, 0].SelfAttention(4, 2, isCausal: true).ToArray<double>());
        Assert.Equal([9, 12], rows[0, 0].SelfAttention(4, 2).Shape);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences_to_the_second_order()
    {
        Tensor qkv = Draw(1, 2, 4, 8 * 3), documents = Tensor.From([0L, 0, 1, 1]);
        foreach (Func<Tensor, Tensor> attention in (Func<Tensor, Tensor>[])[x => x.SelfAttention(4, 2), x => x.SelfAttention(4, 2, true, 0.7, window: 3, alibi: true, documents: documents)])
        {
            double error = GradientCheck.FirstOrder(x => [attention(x[0])], [qkv], _ => true);
            Assert.True(error < 1e-6, $"{error}");
            error = GradientCheck.SecondOrder(x => [attention(x[0])], [qkv], _ => true);
            Assert.True(error < 1e-5, $"{error}");
        }
    }

    [Fact]
    public void Items_of_a_map_go_as_they_go_alone()
    {
        Tensor single = Draw(1, 5, 6, 8 * 3), rows = Draw(2, 5, 2, 6, 8 * 3), shared = Tensor.From([0L, 0, 1, 1, 1, 2]);
        Tensor own = new Generator(4).Integers([5, 6], 0, 2), ofRows = new Generator(5).Integers([5, 2, 6], 0, 2);
        foreach (Tensor x in (Tensor[])[single, rows])
        {
            Same(x, own, (a, d) => Slope(a, b => b.SelfAttention(4, 2, isCausal: true, window: 3, alibi: true, documents: d)));
            Same(x, own, (a, _) => Slope(a, b => b.SelfAttention(4, 2, documents: shared)));
        }

        Same(rows, ofRows, (a, d) => Slope(a, b => b.SelfAttention(4, isCausal: true, keyHeads: 2, documents: d)));

        static Tensor Slope(Tensor x, Func<Tensor, Tensor> attention) => attention(x).Sum() + Transform.Grad(y => attention(y).Square().Sum())(x);

        static void Same(Tensor x, Tensor documents, Func<Tensor, Tensor, Tensor> f)
        {
            Tensor mapped = Transform.Vmap((Tensor[] all) => f(all[0], all[1]))([x, documents]);
            Tensor alone = Tensor.Stack([.. Enumerable.Range(0, 5).Select(i => f(x[i], documents[i]))]);
            Assert.Equal(alone.Shape, mapped.Shape);
            Assert.All(alone.ToArray<double>().Zip(mapped.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
        }
    }

    [Fact]
    public void Dropout_is_that_of_the_parts()
    {
        Form form = new(4, 2, 3, 10);
        Tensor qkv = form.Draw(1, 2), all = qkv.Reshape(2, 10, 8, 3).Transpose(1, 2);
        double[] y = qkv.SelfAttention(4, 2, isCausal: true, dropout: 0.25, random: new(3)).ToArray<double>();
        Tensor parts = all[.., ..4].ScaledDotProductAttention(all[.., 4..6], all[.., 6..], isCausal: true, dropout: 0.25, random: new(3));
        Assert.Equal(parts.Transpose(1, 2).Reshape(2, 10, 12).ToArray<double>(), y);
        Assert.NotEqual(qkv.SelfAttention(4, 2, isCausal: true).ToArray<double>(), y);
        Assert.Equal([2, 10, 12], qkv.SelfAttention(4, 2, dropout: 0.25, random: new(3)).Shape);
    }

    [Fact]
    public void A_gpt_saves_no_parts_and_scores_as_it_does_with_a_cache()
    {
        var model = new Gpt(new() { Vocabulary = 20, Context = 12, Width = 12, Layers = 2, Heads = 3 }, new Generator(1), DType.F64);
        Tensor ids = new Generator(2).Integers([2, 12], 0, 20);
        var names = new List<string>();
        Tensor scores = model.Call(ids);
        for (var pending = new Stack<Node>([scores.Producer!]); pending.TryPop(out Node? node);)
        {
            names.Add(node.Op.Name);
            foreach (Node next in node.Producers.OfType<Node>()) pending.Push(next);
        }

        Assert.Contains("self_attention", names);
        Assert.DoesNotContain("split", names);
        Assert.DoesNotContain("permute", names);
        using var _ = NoGrad.Scope();
        KeyValueCache cache = model.Cache(2);
        Tensor cached = Tensor.Cat([model.Call(ids[.., ..5], cache), model.Call(ids[.., 5..], cache)], 1);
        Assert.All(scores.Detach().ToArray<double>().Zip(cached.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
    }
}

/// <summary>Changes the number of threads of the process.</summary>
[Collection(Alone.Name)]
public class PackedAttentionThreadTests
{
    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        int before = Adjoint.Kernels.Parallel.Threads;
        try
        {
            foreach (PackedAttentionTests.Form form in (PackedAttentionTests.Form[])[new(6, 2, 5, 230), new(4, 4, 16, 230)])
            {
                foreach (DType type in (DType[])[DType.F32, DType.BF16])
                {
                    Adjoint.Kernels.Parallel.Threads = 1;
                    double[][] one = All(form, type);
                    foreach (int threads in (int[])[2, 4])
                    {
                        Adjoint.Kernels.Parallel.Threads = threads;
                        Assert.Equal(one, All(form, type));
                    }
                }
            }
        }
        finally { Adjoint.Kernels.Parallel.Threads = before; }

        static double[][] All(PackedAttentionTests.Form form, DType type) => [.. form.Results(type).SelectMany(r => r.Packed.Select(t => Plain.From(t).Values))];
    }
}
