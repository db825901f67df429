using Adjoint.Ops;
using Adjoint.Optim;
using Adjoint.Profiling;
using Xunit;

namespace Adjoint.Tests.Profiling;

/// <summary>What operations say they cost, against numbers worked out by hand.</summary>
public class CostTests
{
    static readonly Generator Random = new(1);

    static Tensor Draw(params long[] shape) => Random.Normal(Shape.Create(shape));

    static (long Flops, long Bytes) Cost(Op op, params Tensor[] inputs)
    {
        Spec[] specs = new Spec[op.OutputCount];
        op.Infer(inputs, specs);
        return (op.Flops(inputs, specs), op.Bytes(inputs, specs));
    }

    /// <summary>FLOPs of all that a function does, forward and backward.</summary>
    static (long Forward, long Backward) Flops(Func<Tensor> run)
    {
        Profile profile = Profile.Record(trace: false);
        using (profile) run().Sum().Backward();
        IReadOnlyList<ProfileRow> rows = profile.Report().Operations;
        return (rows.Where(r => r.Phase == ProfilePhase.Forward).Sum(r => r.Flops), rows.Where(r => r.Phase == ProfilePhase.Backward).Sum(r => r.Flops));
    }

    [Fact]
    public void A_matrix_product_multiplies_and_adds_along_the_inner_axis()
    {
        // 2·3·5 results of 4 multiply-adds; 24 + 20 numbers in, 30 out.
        Assert.Equal((30 * 4 * 2, (24 + 20 + 30) * 4), Cost(new MatMul(), Draw(2, 3, 4), Draw(4, 5)));
        Assert.Equal((30 * 4 * 2, (24 + 20 + 30) * 2), Cost(new MatMul(), Draw(2, 3, 4).To(DType.BF16), Draw(4, 5).To(DType.BF16)));
        Assert.Equal((0, 0), Cost(new MatMul(), Draw(0, 4), Draw(4, 0)));
    }

    [Fact]
    public void A_bias_is_where_the_sum_starts()
    {
        Assert.Equal((7 * 5 * 3 * 2, (21 + 15 + 35) * 4), Cost(new Linear(), Draw(7, 3), Draw(5, 3)));
        Assert.Equal((7 * 5 * 3 * 2, (21 + 15 + 5 + 35) * 4), Cost(new Linear(), Draw(7, 3), Draw(5, 3), Draw(5)));
    }

    [Fact]
    public void A_convolution_and_its_gradients_multiply_equally_often()
    {
        // Groups of 2 channels, 3×3 taps: 18 multiply-adds for each of 2·6·6·5 results, padding included.
        Window window = new([1, 1], [1, 1], [1, 1]);
        Tensor x = Draw(2, 4, 6, 5), weight = Draw(6, 2, 3, 3), dy = Draw(2, 6, 6, 5);
        Assert.Equal((360 * 18 * 2, (240 + 108 + 360) * 4), Cost(new Convolution(window, 2), x, weight));
        Assert.Equal((360 * 18 * 2, (360 + 108 + 240) * 4), Cost(new ConvolutionInputGradient(window, 2, [6, 5]), dy, weight));
        Assert.Equal((360 * 18 * 2, (360 + 240 + 108) * 4), Cost(new ConvolutionWeightGradient(window, 2, [3, 3]), dy, x));
        // Stride 2: 3·3 results in place of 6·5.
        Assert.Equal(2 * 6 * 9 * 18 * 2, Cost(new Convolution(new([2, 2], [1, 1], [1, 1]), 2), x, weight).Flops);
    }

    [Fact]
    public void Attention_multiplies_what_the_mask_lets_through()
    {
        // 2·2 heads, 3 queries and keys, D 2 and E 4; causal: 1 + 2 + 3 pairs a head. Forward two products, backward five.
        Tensor q = Draw(2, 2, 3, 2), k = Draw(2, 2, 3, 2), v = Draw(2, 2, 3, 4), y = Draw(2, 2, 3, 4), sums = Draw(2, 2, 3);
        Assert.Equal(4 * 6 * 2 * (2 + 4), Cost(new ScaledDotProductAttention(1, AttentionReach.Causal, AttentionBias.None), q, k, v).Flops);
        Assert.Equal(4 * 9 * 2 * (2 + 4), Cost(new ScaledDotProductAttention(1, AttentionReach.All, AttentionBias.None), q, k, v).Flops);
        Assert.Equal(4 * 6 * 2 * ((3 * 2) + (2 * 4)), Cost(new ScaledDotProductAttentionBackward(1, AttentionReach.Causal, AttentionBias.None), y, q, k, v, y, sums).Flops);
        // From one tensor: 4 heads of queries and 2 of keys, D 3.
        Tensor qkv = Draw(2, 3, 8 * 3), found = Draw(2, 3, 4 * 3), logs = Draw(2, 4, 3);
        Assert.Equal(8 * 6 * 2 * (3 + 3), Cost(new PackedAttention(4, 2, 1, AttentionReach.Causal), qkv).Flops);
        Assert.Equal(8 * 6 * 2 * 5 * 3, Cost(new PackedAttentionBackward(4, 2, 1, AttentionReach.Causal), found, qkv, found, logs).Flops);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Pairs_that_cost_are_those_that_are_seen(bool isCausal)
    {
        for (int queries = 0; queries < 5; queries++)
        {
            for (int keys = 0; keys < 5; keys++)
            {
                (Tensor q, Tensor all) = (Draw(3, queries, 2), Draw(3, keys, 2));
                for (int position = 0; position < 7; position++)
                {
                    foreach (int? window in (int?[])[null, 1, 2, 3, 9])
                    {
                        int pairs = 0;
                        for (int t = 0; t < queries; t++)
                            for (int k = 0; k < keys; k++) if ((!isCausal || k <= position + t) && (window is null || Math.Abs(position + t - k) < window)) pairs++;
                        Assert.Equal(3 * pairs, AttentionShapes.Scores(q, all, new(isCausal, position, window)));
                    }
                }
            }
        }
    }

    [Fact]
    public void A_recurrent_sequence_multiplies_by_both_weights_at_every_step()
    {
        // 3 steps of 2 rows; 4 or 3 gates of 5 units, from 4 inputs and 5 units. Backward: both weights' gradients, h, and x where wanted.
        Tensor x = Draw(3, 2, 4), h = Draw(2, 5), y = Draw(3, 2, 5);
        Assert.Equal(6 * 20 * (4 + 5) * 2, Cost(new LstmSequence(false, false), x, Draw(20, 4), Draw(20, 5), h, h).Flops);
        Assert.Equal(6 * 15 * (4 + 5) * 2, Cost(new GruSequence(false, false), x, Draw(15, 4), Draw(15, 5), h).Flops);
        Tensor[] lstm = [y, h, h, x, Draw(20, 4), Draw(20, 5), h, h, y, Draw(3, 2, 20), y];
        Assert.Equal(6 * 20 * (4 + 4 + 5 + 5) * 2, Cost(new LstmSequenceBackward(false, false, true), lstm).Flops);
        Assert.Equal(6 * 20 * (4 + 5 + 5) * 2, Cost(new LstmSequenceBackward(false, false, false), lstm).Flops);
        Tensor[] gru = [y, h, x, Draw(15, 4), Draw(15, 5), h, y, Draw(3, 2, 20)];
        Assert.Equal(6 * 15 * (4 + 4 + 5 + 5) * 2, Cost(new GruSequenceBackward(false, false, true), gru).Flops);
    }

    [Fact]
    public void What_is_made_of_operations_costs_what_they_cost()
    {
        Tensor q = Draw(2, 3, 4, 6), k = Draw(2, 3, 5, 6);
        Profile profile = Profile.Record();
        using (profile) Tensor.Einsum("bhid,bhjd->bhij", q, k);
        Assert.Equal(2 * 3 * 4 * 5 * 6 * 2, profile.Report().Operations.Sum(r => r.Flops));
    }

    [Fact]
    public void An_elementwise_operation_counts_the_operators_of_its_formula()
    {
        Tensor a = Draw(4, 1), b = Draw(1, 5);
        Assert.Equal((20, (4 + 5 + 20) * 4), Cost(new Add(), a, b));
        Assert.Equal((20 * 2, 160), Cost(new Silu(), Draw(4, 5)));                  // x · σ(x)
        Assert.Equal((20, 160), Cost(new Gelu(false), Draw(4, 5)));        // one function
        Assert.Equal((20 * 5, 160), Cost(new Map(Formula.Of(x => 0.5 * x * (1 + Vocabulary.Erf(x * Math.Sqrt(0.5))))), Draw(4, 5)));
        Assert.Equal((20, 160), Cost(new Relu(), Draw(4, 5)));
        Assert.Equal((20 * 2, 160), Cost(new Map(Formula.Of(x => Math.FusedMultiplyAdd(x, x, 1))), Draw(4, 5)));
        Assert.Equal((20 * 2, 160), Cost(new Map(Formula.Of(x => Math.Exp(x) * Math.Exp(x))), Draw(4, 5)));     // the same term once
        Assert.Equal((0, (4 + 2) * 20), Cost(new Cast(DType.F16), Draw(4, 5)));
    }

    [Fact]
    public void An_expanded_axis_is_read_once_and_a_view_moves_nothing()
    {
        Tensor x = Draw(3, 1), wide = x.Expand([3, 100]);
        Assert.Equal((300, (3 + 300 + 300) * 4), Cost(new Add(), wide, Draw(3, 100)));
        Assert.Equal((0, 0), Cost(new Expand([3, 100]), x));
        Assert.Equal((0, 0), Cost(new Permute([1, 0]), x));
        Assert.Equal((0, 0), Cost(new Slice(0, 1, 2, 1), x));
        Assert.Equal((0, 0), Cost(new Reshape([100, 3]), Draw(3, 100)));
        Assert.Equal((0, 300 * 4 * 2), Cost(new Reshape([300]), Draw(3, 100).T));      // no strides have that order: a copy
    }

    [Fact]
    public void Reductions_normalisations_and_losses_count_by_the_element()
    {
        Tensor x = Draw(3, 5);
        var rows = Axes.Of([1], x.Shape, "test");
        Assert.Equal((15, (15 + 3) * 4), Cost(new Sum(rows), x));
        Assert.Equal(15 + 3, Cost(new Mean(rows), x).Flops);
        Assert.Equal((4 * 15) + (2 * 3), Cost(new Var(rows, 1), x).Flops);
        Assert.Equal((2 * 15) + 3, Cost(new Norm(2, rows), x).Flops);
        Assert.Equal((5 * 15, 30 * 4), Cost(new Softmax(1), x));
        Assert.Equal(8 * 15, Cost(new LayerNorm([5], 1e-5, true, true), x, Draw(5), Draw(5)).Flops);
        Assert.Equal(4 * 15, Cost(new CrossEntropy(Reduction.Mean, 0, -100, false), x, Tensor.From([0L, 1, 2])).Flops);
    }

    [Fact]
    public void A_pooling_counts_the_elements_of_all_windows()
    {
        // Windows of 3 with stride 2 over 4 and a padding of 1 hold 2 and 3 of an axis: 25 of both.
        Tensor x = Draw(2, 3, 4, 4);
        var windows = SlidingWindows.Of("test", 3, 2, 1, 1, false, true);
        Assert.Equal(6 * 25, Cost(new MaxPool(windows), x).Flops);
        Assert.Equal((6 * 25) + (6 * 4), Cost(new AvgPool(windows), x).Flops);
        Assert.All(Registry.Samples().Where(s => s.Op is MaxPool), s => Assert.Equal(((MaxPool)s.Op).Windows.Pairs(s.Inputs[0].Shape).LongCount(), Cost(s.Op, s.Inputs).Flops));
    }

    [Fact]
    public void What_is_picked_is_read_and_not_the_whole_table()
    {
        Tensor indices = Tensor.From([1L, 2, 3, 1, 2, 3], [2, 3]), table = Draw(1000, 4);
        Assert.Equal((0, (6 * 8) + (2 * 24 * 4)), Cost(new Embedding(), indices, table));
        Assert.Equal((0, (6 * 8) + (2 * 24 * 4)), Cost(new IndexSelect(0), table, indices));
        Assert.Equal((0, (6 * 8) + (2 * 6 * 4)), Cost(new Gather(0), table, indices.Reshape(2, 3)));
    }

    [Fact]
    public void A_backward_pass_counts_its_own_operations()
    {
        // dx = dy·W and dW = dyᵀ·x, of 7·5·3 each; the bias' gradient is a sum over 7 rows of 5.
        Tensor x = Draw(7, 3).RequireGrad(), weight = Draw(5, 3).RequireGrad(), bias = Draw(5).RequireGrad();
        Assert.Equal(((7 * 5 * 3 * 2) + 35, (2 * 7 * 5 * 3 * 2) + 35), Flops(() => x.Linear(weight, bias)));
        // Nobody wants dx of data.
        Assert.Equal(7 * 5 * 3 * 2, Flops(() => Draw(7, 3).Linear(weight)).Backward);
    }

    [Fact]
    public void An_optimizer_counts_its_formula_and_what_it_reads_and_writes()
    {
        // w − lr·(g + decay·w): 4 a weight. AdamW reads and writes w and two states, and reads g.
        Tensor w = Draw(6, 4).AsParameter("w");
        var slot = new Slot(w, "w", new ParameterGroup((Tensor[])[w]));
        Assert.Equal((4 * 24, 3 * 4 * 24), (new Sgd((Tensor[])[w], 0.1).Flops(slot), new Sgd((Tensor[])[w], 0.1).Bytes(slot)));
        Assert.Equal(7 * 4 * 24, new AdamW((Tensor[])[w]).Bytes(slot));
        Assert.Equal((0, 0), (new Muon((Tensor[])[w]).Flops(slot), new Muon((Tensor[])[w]).Bytes(slot)));
    }

    [Fact]
    public void Every_operation_says_a_cost_that_can_be()
    {
        Assert.All(Registry.Samples(), sample =>
        {
            (long flops, long bytes) = Cost(sample.Op, sample.Inputs);
            Assert.True(flops >= 0 && bytes >= 0, $"{sample}: {flops} FLOPs, {bytes} bytes");
            bool isEmpty = sample.Inputs.Any(x => x.Elements == 0);
            Assert.True(isEmpty || sample.Op is Reshape || (bytes == 0) == (sample.Op is ViewOp), $"{sample}: {bytes} bytes");
        });
    }
}
