using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("gpt", "GPT-2: a decoder with learned positions. A preset gives the sizes that are left out.")]
internal sealed record GptModel : ModelRecipe
{
    [Description("A published model.")]
    [OneOf("gpt2-124m", "gpt2-355m", "gpt2-774m", "gpt2-1558m")]
    public string? Preset { get; init; }

    [Description("The number of different tokens; the preset's, or the data's, when left out.")]
    [AtLeast(1)]
    [AtMost(1 << 24)]
    public long? Vocabulary { get; init; }

    [Description("The most tokens of a row; the preset's, or the data's, when left out.")]
    [AtLeast(1)]
    [AtMost(1 << 24)]
    public long? Context { get; init; }

    [Description("The numbers that stand for one token; 128 without a preset.")]
    [AtLeast(1)]
    [AtMost(1 << 20)]
    public long? Width { get; init; }

    [Description("The number of blocks; 4 without a preset.")]
    [AtLeast(1)]
    [AtMost(10_000)]
    public int? Layers { get; init; }

    [Description("The number of attention heads, which divides the width; 4 without a preset.")]
    [AtLeast(1)]
    [AtMost(1 << 20)]
    public int? Heads { get; init; }

    [Description("The inner size of the feed-forward layers; four times the width when left out.")]
    [AtLeast(1)]
    [AtMost(1 << 24)]
    public long? FeedForward { get; init; }

    [Description("Whether linear layers and layer norms have biases.")]
    public bool Bias { get; init; } = true;

    [Description("The probability of dropping: in the embedding, in attention weights, and in what each branch adds.")]
    [AtLeast(0)]
    [Below(1)]
    public double Dropout { get; init; }

    public override bool? TakesTokens => true;

    public override Layer Build(DataFacts data, Generator random) => new Gpt(Settings(data), random);

    /// <summary>The sizes: what is given, then the preset's, then the data's.</summary>
    public GptSettings Settings(DataFacts data)
    {
        GptSettings settings = Preset switch
        {
            "gpt2-124m" => GptSettings.Gpt2Of124M,
            "gpt2-355m" => GptSettings.Gpt2Of355M,
            "gpt2-774m" => GptSettings.Gpt2Of774M,
            "gpt2-1558m" => GptSettings.Gpt2Of1558M,
            _ => new() { Vocabulary = data.Vocabulary, Context = data.Input[0], Width = 128, Layers = 4, Heads = 4 },
        };
        settings = settings with
        {
            Vocabulary = Vocabulary ?? settings.Vocabulary,
            Context = Context ?? settings.Context,
            Width = Width ?? settings.Width,
            Layers = Layers ?? settings.Layers,
            Heads = Heads ?? settings.Heads,
            FeedForward = FeedForward ?? settings.FeedForward,
            Bias = Bias,
            Dropout = Dropout,
        };
        TokenRoom.Check("gpt", settings.Vocabulary, settings.Context, data);
        return settings;
    }
}
