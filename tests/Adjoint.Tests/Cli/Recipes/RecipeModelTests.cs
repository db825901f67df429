using Adjoint.Cli.Recipes;
using Adjoint.Models;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>Models and layers of recipes are those of the library, with what the data gives filled in.</summary>
[Collection(Alone.Name)]
public class RecipeModelTests
{
    static readonly DataFacts Digits = new([1, 8, 8], ["0", "1", "2"]), Text = new([16], [], 65, "…");

    static Layer Built(string json, DataFacts facts)
    {
        string text = facts.Vocabulary > 0
            ? Texts.Digits.Replace("{ \"kind\": \"digits\" }", "{ \"kind\": \"text\", \"file\": \"x\" }", StringComparison.Ordinal).Replace("classification", "next-token", StringComparison.Ordinal)
            : Texts.Digits;
        return Texts.Parse(text, $"model={json}").Model.Build(facts, new Generator(1));
    }

    [Theory]
    [InlineData("{\"kind\": \"linear\", \"in\": 8, \"out\": 5}", "[2, 4, 8, 5]")]
    [InlineData("{\"kind\": \"conv2d\", \"in\": 4, \"out\": 6, \"kernel\": [3, 1], \"padding\": [1, 0], \"groups\": 2, \"stride\": 2}", "[2, 6, 4, 4]")]
    [InlineData("{\"kind\": \"conv2d\", \"in\": 4, \"out\": 6, \"dilation\": 2, \"bias\": false}", "[2, 6, 4, 4]")]
    [InlineData("{\"kind\": \"batch-norm\", \"channels\": 4}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"layer-norm\", \"size\": 8, \"bias\": false}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"rms-norm\", \"size\": 8}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"group-norm\", \"groups\": 2, \"channels\": 4}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"instance-norm\", \"channels\": 4, \"affine\": true}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"leaky-relu\", \"slope\": 0.2}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"elu\"}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"gelu\", \"approximate\": true}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"prelu\", \"channels\": 4}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"glu\", \"dim\": 1}", "[2, 2, 8, 8]")]
    [InlineData("{\"kind\": \"dropout\"}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"flatten\", \"start\": 2}", "[2, 4, 64]")]
    [InlineData("{\"kind\": \"max-pool2d\", \"kernel\": 3, \"stride\": 1, \"padding\": 1}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"avg-pool2d\", \"kernel\": [2, 4]}", "[2, 4, 4, 2]")]
    [InlineData("{\"kind\": \"adaptive-avg-pool2d\", \"size\": 2}", "[2, 4, 2, 2]")]
    [InlineData("{\"kind\": \"residual\", \"body\": [{\"kind\": \"relu\"}], \"shortcut\": [{\"kind\": \"tanh\"}]}", "[2, 4, 8, 8]")]
    [InlineData("{\"kind\": \"checkpointed\", \"layers\": [{\"kind\": \"linear\", \"in\": 8, \"out\": 3}]}", "[2, 4, 8, 3]")]
    [InlineData("{\"kind\": \"relu\"},{\"kind\": \"relu6\"},{\"kind\": \"selu\"},{\"kind\": \"silu\"},{\"kind\": \"mish\"},{\"kind\": \"softplus\"},{\"kind\": \"hard-swish\"},{\"kind\": \"tanh\"},{\"kind\": \"sigmoid\"}", "[2, 4, 8, 8]")]
    public void A_layer_gives_the_shape_it_should(string json, string shape) =>
        Assert.Equal(shape, Built($"{{\"kind\": \"sequential\", \"layers\": [{json}]}}", Digits).Call(new Generator(2).Normal([2, 4, 8, 8])).Shape.ToString());

    [Fact]
    public void A_table_takes_tokens() =>
        Assert.Equal([2, 16, 5], Built("{\"kind\": \"sequential\", \"layers\": [{\"kind\": \"embedding\", \"count\": 65, \"size\": 5, \"deviation\": 0.1}]}", Text).Call(new Generator(2).Integers([2, 16], 0, 65)).Shape);

    [Theory]
    [InlineData("relu6"), InlineData("leaky-relu"), InlineData("elu"), InlineData("selu"), InlineData("gelu"), InlineData("silu"), InlineData("mish"), InlineData("softplus"), InlineData("hard-swish"), InlineData("tanh"), InlineData("sigmoid"), InlineData("relu")]
    public void An_mlp_has_the_activation_it_names(string name)
    {
        Layer model = Built($"{{\"kind\": \"mlp\", \"hidden\": [7, 5], \"activation\": \"{name}\", \"dropout\": 0.1}}", Digits);
        Assert.Equal(["[7, 64]", "[7]", "[5, 7]", "[5]", "[3, 5]", "[3]"], model.Parameters().Select(p => p.Shape.ToString()));
        Assert.Equal(2, model.Modules().Count(m => m.GetType().Name.Equals(name.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void A_residual_network_takes_the_datas_channels_and_classes()
    {
        Layer small = Built("{\"kind\": \"resnet\", \"blocks\": [1, 1], \"width\": 4}", Digits);
        Assert.Equal([2, 3], small.Call(new Generator(2).Normal([2, 1, 8, 8])).Shape);
        Assert.Equal(ResNet.Cifar18(10, new Generator(1)).ParameterCount, Built("{\"kind\": \"resnet\", \"preset\": \"cifar18\"}", new([3, 32, 32], [.. Enumerable.Range(0, 10).Select(i => $"{i}")])).ParameterCount);
        Assert.Equal("resnet: a row must be an image [channels, height, width], but those of the data are [4].", Assert.Throws<ShapeException>(() => Built("{\"kind\": \"resnet\"}", new([4], ["a"]))).Message);
    }

    [Fact]
    public void LeNet_says_which_images_it_takes()
    {
        Assert.Equal([2, 3], Built("{\"kind\": \"lenet\"}", new([1, 28, 28], ["a", "b", "c"])).Call(new Generator(2).Normal([2, 1, 28, 28])).Shape);
        Assert.Equal("lenet: images must be [1, 28, 28], but those of the data are [1, 8, 8]. Hint: a model of kind resnet or sequential.", Assert.Throws<ShapeException>(() => Built("{\"kind\": \"lenet\"}", Digits)).Message);
    }

    [Theory]
    [InlineData("{\"kind\": \"gpt\", \"width\": 8, \"layers\": 1, \"heads\": 2}", 65, 16)]
    [InlineData("{\"kind\": \"gpt\", \"width\": 8, \"layers\": 1, \"heads\": 2, \"vocabulary\": 70, \"context\": 32, \"feedForward\": 8, \"bias\": false}", 70, 32)]
    [InlineData("{\"kind\": \"llama\", \"width\": 8, \"layers\": 1, \"heads\": 2}", 65, 16)]
    [InlineData("{\"kind\": \"llama\", \"preset\": \"stories260k\", \"layers\": 2}", 512, 512)]
    public void A_language_model_takes_the_datas_vocabulary_and_context(string json, long vocabulary, long context)
    {
        Layer model = Built(json, Text);
        (long v, long c) = model is Gpt gpt ? (gpt.Settings.Vocabulary, gpt.Settings.Context) : (((Llama)model).Settings.Vocabulary, ((Llama)model).Settings.Context);
        Assert.Equal((vocabulary, context), (v, c));
        Assert.Equal([2, 16, vocabulary], model.Call(new Generator(2).Integers([2, 16], 0, 65)).Shape);
    }

    [Theory]
    [InlineData("gpt", "\"vocabulary\": 10", "gpt: the vocabulary must be at least that of the data, but they are 10 and 65. Hint: leave it out.")]
    [InlineData("llama", "\"context\": 8", "llama: the context must be at least that of the data, but they are 8 and 16. Hint: leave it out, or make data.context smaller.")]
    [InlineData("gpt", "\"width\": 10", "gpt: Width must be a multiple of Heads, but they are 10 and 4.")]
    public void A_language_model_too_small_for_its_text_is_refused(string kind, string size, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => Built($"{{\"kind\": \"{kind}\", {size}}}", Text)).Message);

    [Theory]
    [InlineData("gpt2-124m", 124_439_808), InlineData("gpt2-355m", 354_823_168), InlineData("gpt2-774m", 774_030_080), InlineData("gpt2-1558m", 1_557_611_200)]
    public void A_preset_of_gpt_is_the_published_model(string preset, long parameters) => Assert.Equal(parameters, new GptModel { Preset = preset }.Settings(Text).ParameterCount);

    [Theory]
    [InlineData("stories260k", 260_032), InlineData("llama2-7b", 6_738_415_616), InlineData("llama2-13b", 13_015_864_320), InlineData("llama2-70b", 68_976_648_192), InlineData("llama3.1-8b", 8_030_261_248)]
    [InlineData("llama3.1-70b", 70_553_706_496), InlineData("llama3.1-405b", 405_853_388_800), InlineData("llama3.2-1b", 1_235_814_400), InlineData("llama3.2-3b", 3_212_749_824)]
    public void A_preset_of_llama_is_the_published_model(string preset, long parameters) => Assert.Equal(parameters, new LlamaModel { Preset = preset }.Settings(Text).ParameterCount);
}
