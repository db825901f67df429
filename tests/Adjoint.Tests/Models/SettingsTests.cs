using Adjoint.Models;
using Xunit;

namespace Adjoint.Tests.Models;

public class SettingsTests
{
    static readonly GptSettings Gpt = new() { Vocabulary = 29, Context = 16, Width = 24, Layers = 2, Heads = 3 };
    static readonly LlamaSettings Llama = new() { Vocabulary = 31, Context = 14, Width = 32, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 48 };

    public static TheoryData<string, long, long> Published => new()
    {
        { "GPT-2 124M", 124_439_808, GptSettings.Gpt2Of124M.ParameterCount },
        { "GPT-2 355M", 354_823_168, GptSettings.Gpt2Of355M.ParameterCount },
        { "GPT-2 774M", 774_030_080, GptSettings.Gpt2Of774M.ParameterCount },
        { "GPT-2 1558M", 1_557_611_200, GptSettings.Gpt2Of1558M.ParameterCount },
        { "Llama 2 7B", 6_738_415_616, LlamaSettings.Llama2Of7B.ParameterCount },
        { "Llama 2 13B", 13_015_864_320, LlamaSettings.Llama2Of13B.ParameterCount },
        { "Llama 2 70B", 68_976_648_192, LlamaSettings.Llama2Of70B.ParameterCount },
        { "Llama 3.1 8B", 8_030_261_248, LlamaSettings.Llama31Of8B.ParameterCount },
        { "Llama 3.1 70B", 70_553_706_496, LlamaSettings.Llama31Of70B.ParameterCount },
        { "Llama 3.1 405B", 405_853_388_800, LlamaSettings.Llama31Of405B.ParameterCount },
        { "Llama 3.2 1B", 1_235_814_400, LlamaSettings.Llama32Of1B.ParameterCount },
        { "Llama 3.2 3B", 3_212_749_824, LlamaSettings.Llama32Of3B.ParameterCount },
        { "Mistral 7B", 7_241_732_096, LlamaSettings.MistralOf7B.ParameterCount },
        { "stories260K", 260_032, LlamaSettings.Stories260K.ParameterCount },
    };

    [Theory, MemberData(nameof(Published))]
    public void Published_sizes_have_the_published_number_of_parameters(string name, long published, long counted) =>
        Assert.True(published == counted, $"{name} has {published:N0} parameters, not {counted:N0}");

    [Fact]
    public void The_formula_counts_what_a_model_has()
    {
        foreach (GptSettings settings in (GptSettings[])[Gpt, Gpt with { Bias = false }, Gpt with { FeedForward = 50, Layers = 1, Heads = 1 }])
            Assert.Equal(new Gpt(settings, new(1)).ParameterCount, settings.ParameterCount);
        foreach (LlamaSettings settings in (LlamaSettings[])[Llama, Llama with { TiedHead = true }, Llama with { KeyValueHeads = null }, Llama with { KeyValueHeads = 1, Layers = 3 }, LlamaSettings.Stories260K])
            Assert.Equal(new Llama(settings, new(1)).ParameterCount, settings.ParameterCount);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_told_plainly()
    {
        Says("gpt: Vocabulary must be at least 1, but it is 0.", () => new Gpt(Gpt with { Vocabulary = 0 }, new(1)));
        Says("gpt: Width must be a multiple of Heads, but they are 24 and 5.", () => new Gpt(Gpt with { Heads = 5 }, new(1)));
        Says("gpt: Width must be a multiple of Heads, but they are 24 and 5.", () => (Gpt with { Heads = 5 }).ParameterCount);
        Says("gpt: Dropout must be from 0 to 1, but it is 1.5.", () => new Gpt(Gpt with { Dropout = 1.5 }, new(1)));
        Says("gpt: epsilon must be a finite number above 0, but it is 0.", () => new Gpt(Gpt with { Epsilon = 0 }, new(1)));
        Says("llama: Window must be at least 1, but it is 0.", () => new Llama(Llama with { Window = 0 }, new(1)));
        Says("llama: Layers must be at least 1, but it is -1.", () => new Llama(Llama with { Layers = -1 }, new(1)));
        Says("llama: Heads must be a multiple of KeyValueHeads, but they are 4 and 3.", () => new Llama(Llama with { KeyValueHeads = 3 }, new(1)));
        Says("rope: the size of a head must be even and positive, but it is 1.", () => new Llama(Llama with { Heads = 32, KeyValueHeads = 32 }, new(1)));
        Says("rope: theta must be a finite number above 0, but it is -1.", () => new Llama(Llama with { Rope = new() { Theta = -1 } }, new(1)));
    }

    [Fact]
    public void Settings_show_themselves_even_if_they_do_not_fit()
    {
        Assert.Equal("gpt { Vocabulary = 29, Context = 16, Width = 24, Layers = 2, Heads = 0, FeedForward = 96, Bias = True, Dropout = 0.1, Epsilon = 1E-05 }", (Gpt with { Heads = 0, Dropout = 0.1 }).ToString());
        Assert.StartsWith("llama { Vocabulary = 31, Context = 14, Width = 32, Layers = 2, Heads = 0, KeyValueHeads = 2, FeedForward = 48, TiedHead = False, Epsilon = 1E-05, RopeSettings {", (Llama with { Heads = 0 }).ToString(), StringComparison.Ordinal);
    }

    static void Says(string sentence, Func<object> use) => Assert.Equal(sentence, Assert.Throws<ArgumentException>(use).Message);
}
