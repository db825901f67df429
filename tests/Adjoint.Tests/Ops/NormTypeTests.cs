using Adjoint.Models;
using Adjoint.Ops;
using Adjoint.Profiling;
using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Ops;

/// <summary>A norm that is told the type of its result gives, to the bit, what rounding its result would have given, forward and backward; and mixed precision tells it.</summary>
[Collection(Alone.Name)]
public sealed class NormTypeTests
{
    static readonly DType[] Halves = [DType.BF16, DType.F16];

    // Vectors and what is left of them, more than one chunk of rows, rows longer than a chunk, one element, no rows.
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 3, 7 }, { 5, 37 }, { 33, 128 }, { 70, 384 }, { 1025, 65 }, { 37, 1000 }, { 2, 40_001 }, { 0, 5 } };

    sealed record Case(string Name, Func<DType?, Op> Norm, int Parameters);

    static IEnumerable<Case> Norms(long columns)
    {
        foreach ((bool weighted, bool biased) in new[] { (true, true), (true, false), (false, true), (false, false) })
            yield return new($"layer norm, weight {weighted}, bias {biased}", type => new LayerNorm([columns], 1e-5, weighted, biased, type), (weighted ? 1 : 0) + (biased ? 1 : 0));
        foreach (bool weighted in new[] { true, false })
            yield return new($"RMS norm, weight {weighted}", type => new RmsNorm([columns], 1e-6, weighted, type), weighted ? 1 : 0);
    }

    static Tensor[] Draw(long rows, long columns, int parameters)
    {
        var random = new Generator(11);
        return [random.Normal([rows, columns]), .. Enumerable.Range(0, parameters).Select(_ => random.Normal([columns], 1, 0.5))];
    }

    /// <summary>y and the gradients of all inputs from a gradient of y's type, in F32.</summary>
    static float[][] Results(Func<Tensor[], Tensor> run, Tensor[] inputs, DType type)
    {
        Tensor[] leaves = [.. inputs.Select(x => x.Copy().AsParameter())];
        Tensor y = run(leaves);
        Assert.Equal(type, y.DType);
        y.Backward(new Generator(12).Normal(y.Shape).To(type));
        foreach (Tensor leaf in leaves) Assert.Equal((leaf.Shape, leaf.DType), (leaf.Grad!.Shape, leaf.Grad.DType));
        return [y.To(DType.F32).ToArray<float>(), .. leaves.Select(x => x.Grad!.To(DType.F32).ToArray<float>())];
    }

    static void OnThreads(Action run)
    {
        int before = Parallel.Threads;
        try
        {
            foreach (int threads in new[] { 1, 2, 4 })
            {
                Parallel.Threads = threads;
                run();
            }
        }
        finally
        {
            Parallel.Threads = before;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Is_the_norm_and_then_rounding_forward_and_backward(int rows, int columns)
    {
        foreach (Case norm in Norms(columns))
            foreach (DType type in Halves)
            {
                Tensor[] inputs = Draw(rows, columns, norm.Parameters);
                float[][] expected = Results(x => norm.Norm(null).Apply(x).To(type), inputs, type);
                OnThreads(() => Assert.Equal(expected, Results(x => norm.Norm(type).Apply(x), inputs, type)));
            }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Of_halves_is_that_of_the_widened_and_the_gradients_of_F32_parameters_are_not_rounded(int rows, int columns)
    {
        foreach (Case norm in Norms(columns))
            foreach (DType type in Halves)
            {
                Tensor[] inputs = Draw(rows, columns, norm.Parameters);
                inputs[0] = inputs[0].To(type);
                float[][] expected = Results(x => norm.Norm(null).Apply([x[0].To(DType.F32), .. x[1..]]).To(type), inputs, type);
                OnThreads(() => Assert.Equal(expected, Results(x => norm.Norm(null).Apply(x), inputs, type)));
                // And with a result that is wider than x.
                expected = Results(x => norm.Norm(null).Apply([x[0].To(DType.F32), .. x[1..]]), inputs, DType.F32);
                Assert.Equal(expected, Results(x => norm.Norm(DType.F32).Apply(x), inputs, DType.F32));
            }
    }

    [Fact]
    public void A_bias_alone_gets_the_sum_of_what_is_not_rounded()
    {
        Tensor x = new Generator(1).Normal([300, 5]), dy = new Generator(2).Normal([300, 5]).To(DType.BF16), bias = Tensor.Zeros([5]).AsParameter();
        new LayerNorm([5], 1e-5, false, true, DType.BF16).Apply(x, bias).Backward(dy);
        Assert.Equal(dy.To(DType.F32).SumTo([5]).ToArray<float>(), bias.Grad!.ToArray<float>());
    }

    [Fact]
    public void Rows_in_any_order_of_memory()
    {
        foreach (Case norm in Norms(6))
        {
            Tensor[] inputs = Draw(6, 40, 0);
            inputs = [inputs[0], .. Draw(1, 6, norm.Parameters)[1..]];
            Assert.Equal(norm.Norm(null).Apply([inputs[0].T, .. inputs[1..]]).To(DType.BF16).ToArray<BFloat16>(), norm.Norm(DType.BF16).Apply([inputs[0].T, .. inputs[1..]]).ToArray<BFloat16>());
            Tensor half = inputs[0].To(DType.BF16);
            Assert.Equal(norm.Norm(null).Apply([half.T.Copy(), .. inputs[1..]]).ToArray<BFloat16>(), norm.Norm(null).Apply([half.T, .. inputs[1..]]).ToArray<BFloat16>());
        }
    }

    [Fact]
    public void Gradients_of_gradients_are_those_of_the_norm_and_then_rounding()
    {
        foreach (Case norm in Norms(7))
        {
            Tensor[] inputs = Draw(3, 7, norm.Parameters);
            Assert.Equal(Second(x => norm.Norm(null).Apply(x).To(DType.BF16)), Second(x => norm.Norm(DType.BF16).Apply(x)));

            float[][] Second(Func<Tensor[], Tensor> run)
            {
                Tensor[] leaves = [.. inputs.Select(x => x.Copy().AsParameter())];
                Tensor dy = new Generator(12).Normal([3, 7]).To(DType.BF16).AsParameter();
                Tensor?[] first = Gradients.Of(run(leaves), leaves, dy, createGraph: true);
                Tensor sum = Tensor.Zeros([]);
                foreach (Tensor? g in first) if (g is { RequiresGrad: true }) sum += (g * g).Sum();
                sum.Backward();
                return [.. leaves.Append(dy).Select(x => x.Grad?.To(DType.F32).ToArray<float>() ?? [])];
            }
        }
    }

    [Fact]
    public void Over_a_batch_of_examples_is_each_by_itself()
    {
        foreach (Case norm in Norms(7))
        {
            Tensor[] inputs = Draw(4, 21, norm.Parameters);
            Tensor x = inputs[0].Reshape(4, 3, 7), own = new Generator(3).Normal([4, norm.Parameters, 7]);
            Tensor all = Transform.Vmap((t, p) => norm.Norm(DType.BF16).Apply([t, .. Enumerable.Range(0, norm.Parameters).Select(i => p[i])]))(x, own);
            Assert.Equal(DType.BF16, all.DType);
            for (int i = 0; i < 4; i++)
            {
                double[] one = norm.Norm(DType.BF16).Apply([x[i], .. Enumerable.Range(0, norm.Parameters).Select(k => own[i][k])]).To(DType.F64).ToArray<double>();
                // Multiplied and added in two operations there: one rounding of F32 apart, and then perhaps of BF16.
                Assert.All(one.Zip(all[i].To(DType.F64).ToArray<double>()), p => Assert.InRange(p.Second - p.First, -Math.Abs(p.First) / 128, Math.Abs(p.First) / 128));
            }
        }
    }

    [Fact]
    public void In_BF16_mixed_precision_gives_BF16_and_in_F16_what_it_was_given()
    {
        Tensor x = Draw(4, 6, 0)[0];
        using (Precision.Bfloat16Mixed.Scope())
        {
            Assert.Equal((DType.BF16, DType.BF16), (x.LayerNorm([6]).DType, x.RmsNorm([6]).DType));
            Assert.Equal((DType.BF16, DType.BF16), (x.To(DType.BF16).LayerNorm([6]).DType, x.To(DType.BF16).RmsNorm([6]).DType));
            Assert.Equal((DType.F16, DType.F64), (x.To(DType.F16).LayerNorm([6]).DType, x.To(DType.F64).RmsNorm([6]).DType));
            Assert.Equal(DType.F32, new LayerNorm([6], 1e-5, false, false, DType.F32).Apply(x).DType);
        }

        using (Precision.Float16Mixed.Scope()) Assert.Equal((DType.F32, DType.F32), (x.LayerNorm([6]).DType, x.RmsNorm([6]).DType));
        using (ShapeOnly.Scope())
        using (Precision.Bfloat16Mixed.Scope()) Assert.Equal(DType.BF16, Tensor.Zeros([2, 6]).LayerNorm([6]).DType);
    }

    [Fact]
    public void Nothing_is_converted_between_norms_and_linear_layers()
    {
        var random = new Generator(1);
        Tensor tokens = random.Integers([2, 5], 0, 11);
        var gpt = new Gpt(new GptSettings { Vocabulary = 11, Context = 8, Width = 16, Layers = 2, Heads = 2 }, random);
        var llama = new Llama(new LlamaSettings { Vocabulary = 11, Context = 8, Width = 16, Layers = 2, Heads = 2, KeyValueHeads = 1, FeedForward = 32 }, random);
        foreach (Func<Tensor, Tensor> model in new Func<Tensor, Tensor>[] { gpt.Call, llama.Call })
        {
            // Positions are made of integers, in any precision.
            Assert.Equal(Casts(Precision.Float32), Casts(Precision.Bfloat16Mixed));

            string[] Casts(Precision precision)
            {
                Profile profile = Profile.Record(new Roof(100, 10), trace: false);
                using (profile)
                {
                    Tensor y;
                    using (precision.Scope()) y = model(tokens);
                    y.Backward(Tensor.Ones(y.Shape, y.DType));
                }

                return [.. profile.Report().Operations.Where(r => r.Name == "cast").Select(r => $"{r.Phase}: {r.Calls}")];
            }
        }
    }

    [Fact]
    public void A_checkpointed_norm_is_recomputed_in_the_same_types()
    {
        Tensor x = Draw(3, 6, 0)[0].AsParameter();
        Tensor plain, kept;
        using (Precision.Bfloat16Mixed.Scope())
        {
            plain = x.LayerNorm([6]);
            kept = Checkpoint.Call(v => v.LayerNorm([6]), x);
        }

        Tensor dy = new Generator(12).Normal(plain.Shape).To(DType.BF16);
        Assert.Equal(plain.ToArray<BFloat16>(), kept.ToArray<BFloat16>());
        plain.Backward(dy);
        float[] expected = x.Grad!.ToArray<float>();
        x.SetGrad(null);
        kept.Backward(dy);
        Assert.Equal(expected, x.Grad!.ToArray<float>());
    }
}
