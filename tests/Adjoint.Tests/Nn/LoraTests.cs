using System.Security.Cryptography;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Profiling;
using Xunit;

namespace Adjoint.Tests.Nn;

/// <summary>Low-rank adapters around layers whose weights stay as they are.</summary>
public class LoraTests
{
    internal static readonly LlamaSettings Sizes = new() { Vocabulary = 17, Context = 12, Width = 16, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 24 };
    internal static readonly LoraSettings QueryValue = new() { Rank = 3, Alpha = 6, Targets = ["*.Query", "*.Value"] };

    public static TheoryData<string> Kinds => ["plain", "stabilized", "magnitudes"];

    internal static LoraSettings Kind(string kind) => QueryValue with { IsRankStabilized = kind == "stabilized", HasMagnitudes = kind == "magnitudes" };

    internal static Llama Model(DType dtype = DType.F32) => new(Sizes, new(7), dtype);

    internal static Tensor Ids(ulong seed) => new Generator(seed).Integers([2, 8], 0, Sizes.Vocabulary);

    internal static Tensor Loss(Module<Tensor, Tensor> model, ulong seed) => model.Call(Ids(seed)[.., ..^1]).Flatten(0, -2).CrossEntropy(Ids(seed)[.., 1..].Flatten());

    /// <summary>Moves adapters away from where they do nothing.</summary>
    internal static void Shake(Module model, string name = Lora.DefaultName)
    {
        using NoGrad off = NoGrad.Scope();
        var random = new Generator(99);
        foreach (Tensor parameter in Lora.Parameters(model, name)) parameter.CopyFrom(parameter.Detach() + (random.Normal(parameter.Shape) * 0.3));
    }

    static string Hash(Module model) => Convert.ToHexString(SHA256.HashData([.. model.NamedParameters().Where(p => !p.Name.Contains(".Adapters.", StringComparison.Ordinal)).SelectMany(p => System.Text.Encoding.UTF8.GetBytes(p.Name).Concat(Formats.SafetensorsTests.Bytes(p.Tensor)))]));

    [Theory, MemberData(nameof(Kinds))]
    public void A_model_starts_as_it_was_and_keeps_its_names(string kind)
    {
        Llama model = Model();
        string[] names = [.. model.State().Keys];
        float[] before = model.Call(Ids(1)).ToArray<float>();
        IReadOnlyList<Tensor> trained = Lora.Attach(model, Kind(kind), new Generator(1));
        Assert.Equal(before, model.Call(Ids(1)).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(names, model.State().Keys.Where(k => !k.Contains(".Adapters.", StringComparison.Ordinal)));
        Assert.Contains("Blocks.1.Value.Adapters.default.B", model.State().Keys);
        Assert.Equal(trained, model.Parameters().Where(p => p.RequiresGrad));
        Assert.Equal(Kind(kind).CountParameters(Model()), trained.Sum(p => p.Elements));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void What_a_layer_computes_is_the_formula(string kind)
    {
        LoraSettings settings = Kind(kind) with { Targets = ["*"] };
        var layer = new Linear(5, 4, new Generator(1), dtype: DType.F64);
        Tensor x = new Generator(2).Normal([7, 5], dtype: DType.F64);
        Lora.Attach(layer, settings, new Generator(3));
        Shake(layer);
        LoraAdapter adapter = layer.Adapters!.ByName["default"];
        double scale = kind == "stabilized" ? 6 / Math.Sqrt(3) : 2;
        double[] a = adapter.A.ToArray<double>(), b = adapter.B.ToArray<double>(), w = layer.Weight.ToArray<double>(), bias = layer.Bias!.ToArray<double>(), values = x.ToArray<double>(), y = layer.Call(x).ToArray<double>();
        for (int row = 0; row < 7; row++)
        {
            for (int o = 0; o < 4; o++)
            {
                double[] weight = [.. Enumerable.Range(0, 5).Select(i => w[(o * 5) + i] + (scale * Enumerable.Range(0, 3).Sum(r => b[(o * 3) + r] * a[(r * 5) + i])))];
                double factor = adapter.Magnitude is null ? 1 : adapter.Magnitude.ToArray<double>()[o] / Math.Sqrt(weight.Sum(v => v * v));
                double expected = bias[o] + (factor * Enumerable.Range(0, 5).Sum(i => weight[i] * values[(row * 5) + i]));
                Assert.Equal(expected, y[(row * 4) + o], 1e-12);
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_the_formula(string kind)
    {
        var layer = new Linear(5, 4, new Generator(1), dtype: DType.F64);
        Tensor x = new Generator(2).Normal([7, 5], dtype: DType.F64), dy = new Generator(4).Normal([7, 4], dtype: DType.F64);
        IReadOnlyList<Tensor> trained = Lora.Attach(layer, Kind(kind) with { Targets = ["*"] }, new Generator(3));
        Shake(layer);
        (layer.Call(x) * dy).Sum().Backward();
        // The lengths of the rows are constants of the gradient: they are held while a number moves.
        LoraAdapter adapter = layer.Adapters!.ByName["default"];
        Tensor lengths = (layer.Weight + (adapter.B.Detach() * adapter.Settings.Scale).MatMul(adapter.A.Detach())).Detach().Norm(2, [1]);
        Tensor Value(Tensor[] p)
        {
            Tensor y = x.Linear(layer.Weight) + ((x.Linear(p[0]) * adapter.Settings.Scale).Linear(p[1]));
            if (p.Length > 2) y *= p[2] / lengths;
            return ((y + layer.Bias!) * dy).Sum();
        }

        for (int moved = 0; moved < trained.Count; moved++)
        {
            double[] gradient = trained[moved].Grad!.ToArray<double>();
            for (int i = 0; i < gradient.Length; i++)
            {
                double slope = (At(1e-5) - At(-1e-5)) / 2e-5;
                Assert.Equal(slope, gradient[i], 1e-6);

                double At(double step)
                {
                    using NoGrad off = NoGrad.Scope();
                    Tensor[] p = [.. trained.Select(t => t.Detach().Copy())];
                    p[moved].AsWritableSpan<double>()[i] += step;
                    return Value(p).Item();
                }
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Training_changes_adapters_only(string kind)
    {
        Llama model = Model();
        IReadOnlyList<Tensor> trained = Lora.Attach(model, Kind(kind) with { Dropout = 0.1, Targets = ["*"] }, new Generator(1));
        string before = Hash(model);
        var optimizer = new AdamW(trained, learningRate: 0.02);
        double first = Loss(model, 5).Item(), last = first;
        for (int step = 0; step < 60; step++)
        {
            Tensor loss = Loss(model, 5);
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            last = loss.Item();
        }

        Assert.True(last < first - 0.3, $"from {first} to {last}");
        Assert.Equal(before, Hash(model));
        Assert.All(model.NamedParameters().Where(p => !p.Name.Contains(".Adapters.", StringComparison.Ordinal)), p => Assert.Null(p.Tensor.Grad));
    }

    [Fact]
    public void Gradients_of_frozen_weights_cost_nothing()
    {
        const long Rows = 16;
        long[] products = [2 * Rows * 32 * 64, 2 * Rows * 64 * 64, 2 * Rows * 64 * 8];
        // The loss and what is done element by element, both of a few operations for each number.
        const long Small = 16 * Rows * (32 + 64 + 64 + 8);
        (long forward, long backward) = Cost(null);
        // Three products for weights, and two for what goes in between.
        Assert.InRange(backward, products.Sum() + products[1] + products[2], products.Sum() + products[1] + products[2] + Small);
        // Only the two remain where the first layer has an adapter, and none where the last one has.
        (long first, long last) = (Cost("0").Backward, Cost("2").Backward);
        Assert.InRange(first, products[1] + products[2], products[1] + products[2] + Small);
        Assert.InRange(last, 1, Small);
        Assert.InRange(Cost("0").Forward - forward, 2 * Rows * (32 + 64), Small);

        static (long Forward, long Backward) Cost(string? target)
        {
            var random = new Generator(1);
            Sequential model = [new Linear(32, 64, random, bias: false), new Linear(64, 64, random, bias: false), new Linear(64, 8, random, bias: false)];
            if (target is not null) Lora.Attach(model, QueryValue with { Rank = 1, Targets = [target] }, random);
            using var cost = new CostCounter(model.Parameters());
            model.Call(random.Normal([Rows, 32])).Mean().Backward();
            return (cost.ForwardFlops, cost.BackwardFlops);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Merged_weights_compute_the_same_and_come_back_bit_for_bit(string kind)
    {
        Llama model = Model();
        string before = Hash(model);
        Lora.Attach(model, Kind(kind), new Generator(1));
        Shake(model);
        float[] apart = model.Call(Ids(1)).ToArray<float>();
        Lora.Merge(model);
        Assert.NotEqual(before, Hash(model));
        Assert.Equal(apart, model.Call(Ids(1)).ToArray<float>(), (a, b) => Math.Abs(a - b) <= 1e-5);
        Lora.Merge(model);      // is merged already
        Lora.Unmerge(model);
        Assert.Equal(before, Hash(model));
        Assert.Equal(apart, model.Call(Ids(1)).ToArray<float>());
        Lora.Unmerge(model);
        Assert.Equal(before, Hash(model));
    }

    [Fact]
    public void Several_adapters_hang_at_a_model_and_are_switched()
    {
        Llama model = Model();
        float[] plain = Scores();
        Lora.Attach(model, QueryValue, new Generator(1), "one");
        Shake(model, "one");
        float[] one = Scores();
        Lora.Attach(model, new() { Rank = 2, Alpha = 4, Targets = ["Blocks.1.Down", "Head"] }, new Generator(2), "two");
        Shake(model, "two");
        float[] two = Scores();
        Assert.Equal(["one", "two"], Lora.Names(model));
        Assert.NotEqual(plain, one);
        Assert.NotEqual(one, two);
        Lora.Use(model, "one");
        Assert.Equal(one, Scores());
        Lora.Use(model, null);
        Assert.Equal(plain, Scores());
        Lora.Use(model, "two");
        Assert.Equal(two, Scores());
        Lora.Remove(model, "two");
        Assert.Equal(plain, Scores());
        Assert.Equal(["one"], Lora.Names(model));
        Lora.Remove(model, "one");
        Assert.Empty(Lora.Names(model));
        Assert.Equal(Model().State().Keys, model.State().Keys);

        float[] Scores() => model.Call(Ids(1)).ToArray<float>();
    }

    [Fact]
    public void Dropout_is_for_training_alone()
    {
        Llama model = Model();
        Lora.Attach(model, QueryValue with { Dropout = 0.5 }, new Generator(1));
        Shake(model);
        Assert.NotEqual(model.Call(Ids(1)).ToArray<float>(), model.Call(Ids(1)).ToArray<float>());
        model.Eval();
        Assert.Equal(model.Call(Ids(1)).ToArray<float>(), model.Call(Ids(1)).ToArray<float>());
    }

    [Fact]
    public void A_layer_of_a_list_is_adapted_where_it_stands()
    {
        Sequential model = [new Linear(4, 8, new Generator(1)), new Tanh(), new Linear(8, 2, new Generator(2))];
        Lora.Attach(model, new() { Rank = 2, Alpha = 2, Targets = ["2"] }, new Generator(3));
        Assert.Equal(["2.Adapters.default.A", "2.Adapters.default.B"], model.NamedParameters().Where(p => p.Tensor.RequiresGrad).Select(p => p.Name));
    }

    [Fact]
    public void Halves_stay_halves()
    {
        Llama model = Model(DType.BF16);
        IReadOnlyList<Tensor> trained = Lora.Attach(model, QueryValue with { HasMagnitudes = true }, new Generator(1));
        Assert.All(trained, p => Assert.Equal(DType.F32, p.DType));
        Assert.Equal(DType.BF16, model.Call(Ids(1)).DType);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Mixed_precision_is_near_and_keeps_lengths_exact(string kind)
    {
        var layer = new Linear(64, 32, new Generator(1));
        Lora.Attach(layer, Kind(kind) with { Targets = ["*"] }, new Generator(3));
        // As it starts, factors of rows are 1 to the last bit of F32: what is left are the products' roundings.
        Tensor x = new Generator(2).Normal([7, 64]), y = layer.Call(x), plain = x.Linear(layer.Weight, layer.Bias), low, lowPlain;
        Assert.Equal(plain.ToArray<float>(), y.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        using (Precision.Bfloat16Mixed.Scope()) (low, lowPlain) = (layer.Call(x), x.Linear(layer.Weight));
        Assert.Equal(plain.ToArray<float>(), low.To(DType.F32).ToArray<float>(), (a, b) => Math.Abs(a - b) < 0.03);
        if (layer.Adapters!.ByName["default"].Magnitude is null) return;
        Assert.Equal((lowPlain + layer.Bias!).To(DType.F32).ToArray<float>(), low.To(DType.F32).ToArray<float>());
    }

    [Fact]
    public void Mistakes_are_told_plainly()
    {
        Llama model = Model();
        Says<ArgumentException>("lora: a pattern must match the path of a linear layer, but '*.Qurey' matches none of 15. Hint: near are 'Blocks.0.Query', 'Blocks.1.Query', 'Blocks.0.Key'.", () => Lora.Attach(model, QueryValue with { Targets = ["*.Value", "*.Qurey"] }, new(1)));
        Says<ArgumentException>("lora: the rank must be at least 1, but it is 0.", () => Lora.Attach(model, QueryValue with { Rank = 0 }, new(1)));
        Says<ArgumentException>("lora: alpha must be a finite number above 0, but it is -1.", () => Lora.Attach(model, QueryValue with { Alpha = -1 }, new(1)));
        Says<ArgumentException>("lora: the dropout must be at least 0 and below 1, but it is 1.", () => Lora.Attach(model, QueryValue with { Dropout = 1 }, new(1)));
        Says<ArgumentException>("lora: at least one target must be given, but there is none. Hint: Targets = [\"*.Query\", \"*.Value\"].", () => Lora.Attach(model, QueryValue with { Targets = [] }, new(1)));
        Says<ArgumentException>("lora: a name must be a text without dots, because it is part of parameters' names, but it is 'a.b'.", () => Lora.Attach(model, QueryValue, new(1), "a.b"));
        Says<ArgumentException>("lora: use needs the name of an adapter that is attached, but 'one' is none. Hint: Lora.Attach.", () => Lora.Use(model, "one"));
        Assert.All(model.Parameters(), p => Assert.True(p.RequiresGrad));
        Lora.Attach(model, QueryValue, new(1));
        Says<ArgumentException>("lora: the names of a model's adapters must differ, but there is a 'default' already. Hint: give another name, or call Lora.Remove.", () => Lora.Attach(model, QueryValue, new(1)));
        Says<ArgumentException>("lora: remove needs the name of an adapter that is attached, but 'one' is none. Hint: there is 'default'.", () => Lora.Remove(model, "one"));
        Lora.Merge(model);
        Says<GraphException>("lora: adapters can be switched while weights are the model's own, but 'default' is merged into 'Blocks.0.Query'. Hint: call Lora.Unmerge first.", () => Lora.Use(model, null));
        Says<GraphException>("lora: adapters can be removed while weights are the model's own, but 'default' is merged into 'Blocks.0.Query'. Hint: call Lora.Unmerge first.", () => Lora.Remove(model));
        var tied = new Llama(Sizes with { TiedHead = true }, new(1));
        Lora.Attach(tied, QueryValue with { Targets = ["Head"] }, new(1));
        Says<GraphException>("lora: a weight must belong to one layer to be merged into, but that of 'Head' has the names 'Tokens.Weight' and 'Head.Weight'.", () => Lora.Merge(tied));
    }

    static void Says<T>(string sentence, Action use) where T : Exception => Assert.Equal(sentence, Assert.Throws<T>(use).Message);
}
