using Adjoint.Models;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Models;

/// <summary>A text in pieces through a cache has the scores of the text in one.</summary>
[Collection(Alone.Name)]
public class KeyValueCacheTests
{
    const int Vocabulary = 11, Context = 12;

    public static TheoryData<string, int[]> Pieces
    {
        get
        {
            var data = new TheoryData<string, int[]>();
            foreach (string kind in (string[])["gpt", "llama", "llama halves", "llama window"])
                foreach (int[] pieces in (int[][])[[12], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [5, 1, 1, 1], [3, 4, 2], [1, 8, 3]]) data.Add(kind, pieces);
            return data;
        }
    }

    static Layer Make(string kind, DType dtype = DType.F64, double deviation = 0.4, int layers = 3)
    {
        Layer model = kind == "gpt"
            ? new Gpt(new() { Vocabulary = Vocabulary, Context = Context, Width = 16, Layers = layers, Heads = 2, Dropout = 0.2 }, new(7), dtype)
            : new Llama(new() { Vocabulary = Vocabulary, Context = Context, Width = 16, Layers = layers, Heads = 4, KeyValueHeads = 2, FeedForward = 24, Rope = new() { Pairs = kind == "llama" ? RopePairs.Adjacent : RopePairs.Halves }, Window = kind == "llama window" ? 3 : null }, new(7), dtype);
        // Weights as small as new ones would hide a token at a wrong place behind the residual stream.
        var random = new Generator(3);
        model.LoadState(model.State().ToDictionary(p => p.Key, p => random.Normal(p.Value.Shape, p.Key.Contains("Norm.Weight", StringComparison.Ordinal) ? 1 : 0, deviation, dtype)));
        model.Eval();
        return model;
    }

    static Tensor Ids(long rows, long length) => new Generator(1).Integers([rows, length], 0, Vocabulary);

    [Theory, MemberData(nameof(Pieces))]
    public void Scores_in_pieces_are_those_of_the_whole(string kind, int[] pieces)
    {
        foreach ((DType dtype, double tolerance) in ((DType, double)[])[(DType.F64, 1e-12), (DType.F32, 1e-5)])
        {
            foreach (int rows in (int[])[1, 3])
            {
                Layer model = Make(kind, dtype, dtype == DType.F64 ? 0.4 : 0.1);
                Tensor ids = Ids(rows, pieces.Sum());
                using NoGrad off = NoGrad.Scope();
                double[] whole = model.Call(ids).To(DType.F64).ToArray<double>();
                KeyValueCache cache = ((IDecoder)model).Cache(rows);
                var scores = new List<Tensor>();
                foreach (int piece in pieces)
                {
                    scores.Add(((IDecoder)model).Call(ids.Slice(1, cache.Length, cache.Length + piece), cache));
                }

                Assert.Equal(pieces.Sum(), cache.Length);
                double[] joined = Tensor.Cat([.. scores], 1).To(DType.F64).ToArray<double>();
                Assert.All(whole.Zip(joined), p => Assert.Equal(p.First, p.Second, tolerance));
            }
        }
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void The_next_scores_are_the_last_of_all(string kind)
    {
        Layer model = Make(kind);
        using NoGrad off = NoGrad.Scope();
        var decoder = (IDecoder)model;
        (KeyValueCache all, KeyValueCache last) = (decoder.Cache(2), decoder.Cache(2));
        foreach (int length in (int[])[4, 1, 3])
        {
            Tensor ids = Ids(2, 8).Slice(1, all.Length, all.Length + length);
            Assert.Equal(decoder.Call(ids, all)[.., -1].ToArray<double>(), decoder.Next(ids, last).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void What_is_forgotten_counts_no_more(string kind)
    {
        Layer model = Make(kind);
        using NoGrad off = NoGrad.Scope();
        var decoder = (IDecoder)model;
        KeyValueCache cache = decoder.Cache();
        double[] first = decoder.Next(Ids(1, 5), cache).ToArray<double>();
        decoder.Next(Ids(1, 6), cache);
        cache.Truncate(3);
        Assert.Equal(3, cache.Length);
        Assert.Equal(first, decoder.Next(Ids(1, 5)[.., 3..], cache).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal("cache: the tokens that stay must be from 0 to the 5 that were seen, but they are 6. (Parameter 'length')", Assert.Throws<ArgumentOutOfRangeException>(() => cache.Truncate(6)).Message);
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void A_token_leaves_nothing_behind_and_costs_no_more_memory_than_the_first(string kind)
    {
        Layer model = Make(kind, DType.F32);
        using NoGrad off = NoGrad.Scope();
        KeyValueCache cache = ((IDecoder)model).Cache();
        Tensor id = Ids(1, 1);
        var live = new List<long>();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (int i = 0; i < Context; i++)
        {
            using (Scope.Begin("token")) ((IDecoder)model).Next(id, cache);
            live.Add(TensorMemory.LiveBytes);
        }

        Assert.Single(live.Distinct());
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void What_cannot_follow_is_told_plainly_and_changes_nothing(string kind)
    {
        Layer model = Make(kind);
        var decoder = (IDecoder)model;
        KeyValueCache cache = decoder.Cache(2);
        Assert.Equal("cache: keys and values are kept without gradients, but the model is called with gradients. Hint: call it within NoGrad.Scope().", Assert.Throws<GraphException>(() => decoder.Call(Ids(2, 3), cache)).Message);
        using NoGrad off = NoGrad.Scope();
        decoder.Call(Ids(2, 9), cache);
        void Says<T>(string sentence, Action act) where T : Exception => Assert.Equal(sentence, Assert.Throws<T>(act).Message);
        Says<ShapeException>($"{kind}: the tokens of the cache and those that follow must fit into the context of 12 tokens, but they are 9 and 4. Hint: begin a new cache with the last tokens, as TextGenerator does.", () => decoder.Call(Ids(2, 4), cache));
        Says<ShapeException>($"{kind}: a row of ids must fit into the context of 12 tokens, but ids are [2, 13].", () => decoder.Call(Ids(2, 13), cache));
        Says<ShapeException>($"{kind}: ids must have the rows of the cache, but ids are [3, 1] and the cache has 2 rows.", () => decoder.Next(Ids(3, 1), cache));
        Says<ShapeException>($"{kind}: at least one token must follow those of the cache, but ids are [2, 0].", () => decoder.Next(Ids(2, 0), cache));
        Says<ShapeException>($"{kind}: a cache must be the model's own, but it is that of another. Hint: model.Cache() makes one.", () => decoder.Next(Ids(2, 1), ((IDecoder)Make(kind, layers: 2)).Cache(2)));
        Says<ArgumentOutOfRangeException>("embedding: indices must be from 0 to 10, but the index at [1, 0] is 11.", () => decoder.Next(Tensor.From([1L, 11], [2, 1]), cache));
        Says<ArgumentException>("cache: the batch must be at least 1, but it is 0.", () => decoder.Cache(0));
        Assert.Equal((9, 12), (cache.Length, cache.Context));
        Assert.Equal(model.Call(Ids(2, 9)).ToArray<double>()[^1], decoder.Call(Ids(2, 9), decoder.Cache(2)).ToArray<double>()[^1], 1e-12);
    }
}
