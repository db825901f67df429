using Adjoint.Data;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Models;

/// <summary>What every language model does, whatever it is made of.</summary>
[Collection(Alone.Name)]
public class LanguageModelTests
{
    const int Vocabulary = 11, Context = 12;

    public static TheoryData<string> Kinds => ["gpt", "llama", "llama tied"];

    static Layer Make(string kind, double dropout = 0, DType dtype = DType.F64) => kind == "gpt"
        ? new Gpt(new() { Vocabulary = Vocabulary, Context = Context, Width = 16, Layers = 2, Heads = 2, Dropout = dropout }, new(7), dtype)
        : new Llama(new() { Vocabulary = Vocabulary, Context = Context, Width = 16, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 24, TiedHead = kind == "llama tied" }, new(7), dtype);

    static Tensor Ids(ulong seed, long rows = 3, long length = 9) => new Generator(seed).Integers([rows, length], 0, Vocabulary);

    [Theory, MemberData(nameof(Kinds))]
    public void A_token_changes_no_score_before_it(string kind)
    {
        Layer model = Make(kind);
        Tensor ids = Ids(1), changed = ids.Copy();
        for (int row = 0; row < 3; row++) changed.AsWritableSpan<long>()[(row * 9) + 5] = (ids[row, 5].ToArray<long>()[0] + 1) % Vocabulary;
        (Tensor before, Tensor after) = (model.Call(ids), model.Call(changed));
        Assert.Equal([3, 9, Vocabulary], before.Shape);
        Assert.Equal(before[.., ..5].ToArray<double>(), after[.., ..5].ToArray<double>());
        for (int t = 5; t < 9; t++) Assert.NotEqual(before[.., t].ToArray<double>(), after[.., t].ToArray<double>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_first_scores_of_a_row_are_those_of_its_beginning(string kind)
    {
        Layer model = Make(kind);
        Tensor ids = Ids(1);
        Assert.Equal(model.Call(ids)[.., ..4].ToArray<double>(), model.Call(ids[.., ..4]).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal(model.Call(ids).ToArray<double>(), model.Call(ids.To(DType.I32)).ToArray<double>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_tied_head_is_one_parameter_that_learns_from_both_sides(string kind)
    {
        Layer model = Make(kind);
        Tensor table = model.State()["Tokens.Weight"];
        bool tied = kind != "llama";
        Assert.Equal(!tied, model.State().ContainsKey("Head.Weight"));
        Assert.Equal(tied ? 1 : 2, model.Parameters().Count(p => p.Shape == table.Shape));
        model.Call(Tensor.From([0L, 0], [1, 2])).Flatten(0, -2).CrossEntropy(Tensor.From([1L, 1])).Backward();
        // Token 5 is neither read nor wanted: only a head that is tied has something to say about its row.
        Assert.Equal(tied, table.Grad![5].ToArray<double>().Any(g => g != 0));
        Assert.All(model.Parameters(), p => Assert.NotNull(p.Grad));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_tied_weight_may_be_loaded_under_the_name_of_the_head(string kind)
    {
        (Layer from, Layer to) = (Make(kind), Make(kind));
        Dictionary<string, Tensor> state = from.State().ToDictionary(p => p.Key == "Tokens.Weight" && kind != "llama" ? "Head.Weight" : p.Key, p => p.Value.Detach() * 2);
        to.LoadState(state);
        from.LoadState(from.State().ToDictionary(p => p.Key, p => p.Value.Detach() * 2));
        Assert.Equal(from.Call(Ids(1)).ToArray<double>(), to.Call(Ids(1)).ToArray<double>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_model_learns_a_rhyme_and_says_it_token_by_token(string kind)
    {
        Layer model = Make(kind);
        Tensor text = Tensor.From([1L, 2, 3, 1, 2, 4, 1, 2, 5], [1, 9]);
        var data = new TensorDataset(text[.., ..^1], text[.., 1..]);
        var trainer = new Trainer(model, new AdamW(model.Parameters(), 0.02), Objective.NextToken());
        TrainingResult result = trainer.Fit(new(data, 1), options: new() { Epochs = 200, MaxGradientNorm = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(result.Epochs[^1].Train.Loss, 0, 0.05);
        Assert.Null(result.Epochs[^1].Train.Accuracy);

        model.Eval();
        using NoGrad off = NoGrad.Scope();
        Tensor said = text[.., ..3];
        while (said.Shape[1] < 9) said = Tensor.Cat([said, model.Call(said)[.., -1].Argmax(-1).Unsqueeze(-1)], 1);
        Assert.Equal(text.ToArray<long>(), said.ToArray<long>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_step_leaves_nothing_behind(string kind)
    {
        Layer model = Make(kind, dropout: 0.1, DType.F32);
        var optimizer = new AdamW(model.Parameters());
        Tensor ids = Ids(1);
        var live = new List<long>();
        for (int step = 0; step < 6; step++)
        {
            if (step == 1)
            {
                // What was made outside a scope comes back now and not in the middle of the count.
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            using (Scope.Begin("step"))
            {
                model.Call(ids[.., ..^1]).Flatten(0, -2).CrossEntropy(ids[.., 1..].Flatten()).Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            live.Add(TensorMemory.LiveBytes);
        }

        Assert.Single(live.Skip(1).Distinct());
    }

    [Fact]
    public void Dropout_is_drawn_in_training_and_absent_in_evaluation()
    {
        Layer model = Make("gpt", dropout: 0.3), plain = Make("gpt");
        plain.LoadState(model.State());
        Tensor ids = Ids(1);
        Assert.NotEqual(model.Call(ids).ToArray<double>(), model.Call(ids).ToArray<double>());
        model.Eval();
        Assert.Equal(plain.Call(ids).ToArray<double>(), model.Call(ids).ToArray<double>());
        Assert.Equal(["Dropout.Random", "Blocks.0.Dropout.Random", "Blocks.1.Dropout.Random"], model.NamedGenerators().Select(g => g.Name));
    }

    [Theory, InlineData("gpt"), InlineData("llama")]
    public void Ids_that_do_not_fit_are_told_plainly(string kind)
    {
        Layer model = Make(kind);
        void Says<T>(string sentence, Tensor ids) where T : Exception => Assert.Equal(sentence, Assert.Throws<T>(() => model.Call(ids)).Message);
        Says<ShapeException>($"{kind}: a row of ids must fit into the context of 12 tokens, but ids are [2, 13].", Ids(1, 2, 13));
        Says<ShapeException>($"{kind}: ids must be [B, T], but they are [4]. Hint: Unsqueeze(0) makes a batch of one.", Ids(1)[0, ..4]);
        Says<ArgumentOutOfRangeException>("embedding: indices must be from 0 to 10, but the index at [0, 1] is 11.", Tensor.From([3L, 11], [1, 2]));
        Says<DTypeException>("embedding: indices must be I64 or I32, but they are F32.", Tensor.Zeros([1, 2]));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void One_token_is_enough_and_none_gives_no_scores(string kind)
    {
        Assert.Equal([1, 1, Vocabulary], Make(kind).Call(Ids(1, 1, 1)).Shape);
        Assert.Equal([2, 0, Vocabulary], Make(kind).Call(Ids(1, 2, 0)).Shape);
    }

    [Fact]
    public void Without_biases_only_the_norms_and_matrices_are_left()
    {
        var model = new Gpt(new() { Vocabulary = 5, Context = 4, Width = 8, Layers = 1, Heads = 2, Bias = false }, new(1));
        Assert.Equal(
            ["Tokens", "Positions", "Blocks.0.AttentionNorm", "Blocks.0.QueryKeyValue", "Blocks.0.AttentionOutput", "Blocks.0.FeedForwardNorm", "Blocks.0.FeedForwardInner", "Blocks.0.FeedForwardOutput", "Norm"],
            model.State().Keys.Select(k => k.Replace(".Weight", "", StringComparison.Ordinal)));
        model.Call(Tensor.From([0L, 1, 2, 3], [1, 4])).Square().Sum().Backward();
        Assert.All(model.Parameters(), p => Assert.NotNull(p.Grad));
    }

    [Fact]
    public void Layouts_of_pairs_are_the_same_model_with_rows_in_another_order()
    {
        LlamaSettings settings = new() { Vocabulary = 11, Context = 12, Width = 16, Layers = 1, Heads = 2, FeedForward = 24 };
        Llama adjacent = new(settings, new(1), DType.F64), halves = new(settings with { Rope = new() { Pairs = RopePairs.Halves } }, new(2), DType.F64);
        // Within each head of 8: elements 0, 2, 4, 6 come first, then 1, 3, 5, 7.
        Tensor order = Tensor.From([.. Enumerable.Range(0, 16).Select(i => (long)((i / 8 * 8) + (i % 4 * 2) + (i % 8 / 4)))]);
        halves.LoadState(adjacent.State().ToDictionary(p => p.Key, p => p.Key.EndsWith("Query.Weight", StringComparison.Ordinal) || p.Key.EndsWith("Key.Weight", StringComparison.Ordinal) ? p.Value.Detach().IndexSelect(0, order) : p.Value));
        Assert.Equal(adjacent.Call(Ids(1)).ToArray<double>(), halves.Call(Ids(1)).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void Weights_start_as_gpt_2s_do()
    {
        var model = new Gpt(new() { Vocabulary = 200, Context = 100, Width = 96, Layers = 8, Heads = 4 }, new(1));
        foreach ((string name, Tensor p) in model.NamedParameters())
        {
            double expected = name.EndsWith("Bias", StringComparison.Ordinal) || name.Contains("Norm", StringComparison.Ordinal) ? 0 : name.Contains("Output", StringComparison.Ordinal) ? 0.005 : 0.02;
            double deviation = p.Detach().Std().Item();
            Assert.True(Math.Abs(deviation - expected) <= expected * 0.05, $"{name} has deviation {deviation}");
        }
    }
}
