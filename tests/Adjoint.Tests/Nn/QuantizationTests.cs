using Adjoint.Kernels.Quantization;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Nn;

/// <summary>Frozen weights of 8 and 4 bits a number.</summary>
[Collection(Alone.Name)]
public class QuantizationTests
{
    public static TheoryData<QuantizationFormat, bool, double> Formats => new()
    {
        // Bits a number, with the factors: one F32 a row of 256; one for each 64; one byte for each 64 and an F32 for 256 of those.
        { QuantizationFormat.Int8, false, 8 + (32.0 / 256) },
        { QuantizationFormat.Nf4, false, 4 + (32.0 / 64) },
        { QuantizationFormat.Nf4, true, 4 + (8.0 / 64) + (32.0 / 64 / 256) },
    };

    static QuantizationSettings Settings(QuantizationFormat format, bool isShort) => new() { Format = format, Targets = ["*"], HasShortScales = isShort };

    [Fact]
    public void Nf4_has_the_values_of_the_paper()
    {
        Assert.Equal(16, Codes.Nf4Levels.Length);
        Assert.Equal((-1f, 0f, 1f), (Codes.Nf4Levels[0], Codes.Nf4Levels[7], Codes.Nf4Levels[15]));
        // Appendix E: the quantiles of a normal distribution at equal distances, 8 below zero and 9 from it on, over the largest.
        const double Offset = 0.9677083;
        for (int i = 0; i < 8; i++) Assert.Equal(-Adjoint.Nn.Quantile.Normal(Offset + (i * (0.5 - Offset) / 7)) / Adjoint.Nn.Quantile.Normal(Offset), Codes.Nf4Levels[i], 1e-5);
        for (int i = 0; i < 9; i++) Assert.Equal(Adjoint.Nn.Quantile.Normal(0.5 + (i * (Offset - 0.5) / 8)) / Adjoint.Nn.Quantile.Normal(Offset), Codes.Nf4Levels[7 + i], 1e-5);
    }

    [Theory, MemberData(nameof(Formats))]
    public void Memory_falls_to_the_bits_of_the_format(QuantizationFormat format, bool isShort, double bits)
    {
        var layer = new Linear(256, 1024, new Generator(1), bias: false);
        GC.Collect();       // what others have forgotten must not come back meanwhile
        GC.WaitForPendingFinalizers();
        long before = TensorMemory.LiveBytes, full = 4 * 256 * 1024;
        Quantization.Apply(layer, Settings(format, isShort));
        long expected = (long)(bits / 8 * 256 * 1024);
        Assert.InRange(layer.Quantized!.Bytes, expected, expected + 64);
        long fell = before - TensorMemory.LiveBytes;
        // Blocks of the pool are at most an eighth larger than what is in them.
        Assert.InRange(fell, full - (1.125 * expected) - 512, full - expected);
    }

    [Theory, MemberData(nameof(Formats))]
    public void Numbers_are_near_what_they_were(QuantizationFormat format, bool isShort, double bits)
    {
        _ = bits;
        var layer = new Linear(new Generator(1).Normal([48, 200]));
        float[] before = layer.Weight.ToArray<float>();
        Quantization.Apply(layer, Settings(format, isShort));
        float[] after = layer.Weight.ToArray<float>();
        double error = Math.Sqrt(before.Zip(after, (a, b) => (double)(a - b) * (a - b)).Sum() / before.Sum(a => (double)a * a));
        // A step of 1/127 of the largest of 200 (about 2.8 deviations) is 0.022 wide, over √12; NF4 is made for an error of about 0.09.
        Assert.InRange(error, format == QuantizationFormat.Int8 ? 0.004 : 0.07, format == QuantizationFormat.Int8 ? 0.009 : 0.11);
        if (format == QuantizationFormat.Int8) Assert.All(before.Chunk(200).Zip(after.Chunk(200)), row => Assert.All(row.First.Zip(row.Second), n => Assert.InRange(Math.Abs(n.First - n.Second), 0, 0.5001 / 127 * row.First.Max(Math.Abs))));
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_layer_computes_with_the_numbers_of_its_codes(QuantizationFormat format, bool isShort, double bits)
    {
        _ = bits;
        var layer = new Linear(130, 70, new Generator(1));
        Quantization.Apply(layer, Settings(format, isShort));
        var full = new Linear(layer.Weight, layer.Bias!.Detach().Copy());
        Tensor x = new Generator(2).Normal([3, 5, 130]).RequireGrad(), same = x.Detach().Copy().RequireGrad(), dy = new Generator(3).Normal([3, 5, 70]);
        Tensor y = layer.Call(x), expected = full.Call(same);
        Near(expected, y);
        (y * dy).Sum().Backward();
        (expected * dy).Sum().Backward();
        Near(same.Grad!, x.Grad!);
        Near(full.Bias!.Grad!, layer.Bias!.Grad!);

        static void Near(Tensor a, Tensor b) => Assert.Equal(a.ToArray<float>(), b.ToArray<float>(), (u, v) => Math.Abs(u - v) <= 1e-4);
    }

    [Fact]
    public void The_whole_weight_is_never_there()
    {
        const long Inputs = 1024, Outputs = 4096;
        var layer = new Linear(Inputs, Outputs, new Generator(1), bias: false);
        Quantization.Apply(layer, Settings(QuantizationFormat.Nf4, isShort: true));
        Tensor x = new Generator(2).Normal([2, Inputs]).RequireGrad();
        long live = TensorMemory.LiveBytes;
        TensorMemory.ResetPeak();
        layer.Call(x).Sum().Backward();
        Assert.InRange(TensorMemory.PeakBytes - live, 0, 4 * Inputs * Outputs / 4);
    }

    [Theory, MemberData(nameof(Formats))]
    public void Adapters_learn_on_a_quantized_model(QuantizationFormat format, bool isShort, double bits)
    {
        _ = bits;
        Llama model = LoraTests.Model();
        IReadOnlyList<string> layers = Quantization.Apply(model, Settings(format, isShort) with { Targets = ["Blocks.*"] });
        Assert.Equal(14, layers.Count);
        Assert.Contains("Blocks.0.Query.Quantized.Codes", model.State().Keys);
        Assert.DoesNotContain("Blocks.0.Query.Weight", model.State().Keys);
        foreach (bool magnitudes in (bool[])[false, true])
        {
            IReadOnlyList<Tensor> trained = Lora.Attach(model, LoraTests.QueryValue with { Targets = ["*"], HasMagnitudes = magnitudes }, new Generator(1));
            byte[] codes = model.Blocks[1].Down.Quantized!.Codes.ToArray<byte>();
            var optimizer = new AdamW(trained, learningRate: 0.02);
            double first = LoraTests.Loss(model, 5).Item(), last = first;
            for (int step = 0; step < 40; step++)
            {
                Tensor loss = LoraTests.Loss(model, 5);
                loss.Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
                last = loss.Item();
            }

            Assert.True(last < first - 0.3, $"from {first} to {last}");
            Assert.Equal(codes, model.Blocks[1].Down.Quantized!.Codes.ToArray<byte>());
            Lora.Remove(model);
        }
    }

    [Fact]
    public void A_weight_comes_back_in_full()
    {
        Llama model = LoraTests.Model();
        string[] names = [.. model.State().Keys];
        Quantization.Apply(model, Settings(QuantizationFormat.Int8, isShort: false));
        float[] scores = model.Call(LoraTests.Ids(1)).ToArray<float>();
        Quantization.Remove(model);
        Assert.Equal(names, model.State().Keys);
        Assert.Equal(scores, model.Call(LoraTests.Ids(1)).ToArray<float>(), (a, b) => Math.Abs(a - b) <= 1e-5);
        Assert.True(model.Blocks[0].Query.Weight.IsFrozen);
    }

    [Fact]
    public void State_of_a_quantized_model_is_saved_and_loaded()
    {
        Llama model = LoraTests.Model(), other = new(LoraTests.Sizes, new(8));
        foreach (Llama one in (Llama[])[model, other]) Quantization.Apply(one, Settings(QuantizationFormat.Nf4, isShort: true));
        other.LoadState(model.State());
        Assert.Equal(model.Call(LoraTests.Ids(1)).ToArray<float>(), other.Call(LoraTests.Ids(1)).ToArray<float>());
    }

    [Fact]
    public void Shapes_alone_are_quantized_too()
    {
        using ShapeOnlyScope scope = ShapeOnly.Scope();
        var model = new Llama(LlamaSettings.Llama31Of70B, new(1));
        Quantization.Apply(model, new() { Format = QuantizationFormat.Nf4, Targets = ["Blocks.*"], HasShortScales = true });
        long bytes = model.Modules().OfType<QuantizedWeight>().Sum(w => w.Bytes), numbers = 80L * ((2 * 8192 * (8192 + 1024)) + (3 * 8192 * 28_672));
        Assert.InRange(8.0 * bytes / numbers, 4.12, 4.13);
        Assert.Equal([1, 5, 128_256], model.Call(Tensor.Zeros([1, 5], DType.I64)).Shape);
    }

    [Fact]
    public void Mistakes_are_told_plainly()
    {
        Llama model = LoraTests.Model();
        QuantizationSettings settings = Settings(QuantizationFormat.Int8, isShort: false);
        Says<ArgumentException>("quantization: factors are quantized for Nf4 only, but the format is Int8.", () => Quantization.Apply(model, settings with { HasShortScales = true }));
        Says<ArgumentException>("quantization: at least one target must be given, but there is none. Hint: Targets = [\"Blocks.*\"].", () => Quantization.Apply(model, settings with { Targets = [] }));
        Says<ArgumentException>("quantization: a pattern must match the path of a linear layer, but 'Heat' matches none of 15. Hint: near are 'Head', 'Blocks.0.Gate', 'Blocks.0.Up'.", () => Quantization.Apply(model, settings with { Targets = ["Heat"] }));
        Quantization.Apply(model, settings with { Targets = ["*.Up"] });
        Says<GraphException>("quantization: a weight can be quantized once, but that of 'Blocks.0.Up' is Int8. Hint: call Quantization.Remove first.", () => Quantization.Apply(model, settings));
        Lora.Attach(model, LoraTests.QueryValue with { Targets = ["*.Up"] }, new(1));
        Says<GraphException>("lora: only a weight that is there in full can be merged into, but that of 'Blocks.0.Up' is quantized. Hint: call Quantization.Remove first.", () => Lora.Merge(model));
        var tied = new Llama(LoraTests.Sizes with { TiedHead = true }, new(1));
        Says<GraphException>("quantization: a weight must belong to one layer, but that of 'Head' has the names 'Tokens.Weight' and 'Head.Weight'. Hint: name the targets, such as Blocks.*.", () => Quantization.Apply(tied, settings));
    }

    static void Says<T>(string sentence, Action use) where T : Exception => Assert.Equal(sentence, Assert.Throws<T>(use).Message);
}
