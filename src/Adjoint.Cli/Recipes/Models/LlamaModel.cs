using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("llama", "Llama: a decoder with RMS norms, rotary positions and gated feed-forward layers. A preset gives the sizes that are left out.")]
internal sealed record LlamaModel : ModelRecipe
{
    [Description("A published model.")]
    [OneOf("stories260k", "llama2-7b", "llama2-13b", "llama2-70b", "llama3.1-8b", "llama3.1-70b", "llama3.1-405b", "llama3.2-1b", "llama3.2-3b")]
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

    [Description("The number of heads of keys and values, which divides heads; the preset's, or as many, when left out.")]
    [AtLeast(1)]
    [AtMost(1 << 20)]
    public int? KeyValueHeads { get; init; }

    [Description("The inner size of the feed-forward layers; the preset's, or 8/3 of the width, when left out.")]
    [AtLeast(1)]
    [AtMost(1 << 24)]
    public long? FeedForward { get; init; }

    [Description("Whether the head's weight is that of the token embedding; the preset's, or true, when left out.")]
    public bool? TiedHead { get; init; }

    [Description("The base of the rotary positions; the preset's, or 10000, when left out.")]
    [Above(0)]
    public double? RopeTheta { get; init; }

    public override bool? TakesTokens => true;

    public override Layer Build(DataFacts data, Generator random) => new Llama(Settings(data), random);

    /// <summary>The sizes: what is given, then the preset's, then the data's.</summary>
    public LlamaSettings Settings(DataFacts data)
    {
        LlamaSettings settings = Preset switch
        {
            "stories260k" => LlamaSettings.Stories260K,
            "llama2-7b" => LlamaSettings.Llama2Of7B,
            "llama2-13b" => LlamaSettings.Llama2Of13B,
            "llama2-70b" => LlamaSettings.Llama2Of70B,
            "llama3.1-8b" => LlamaSettings.Llama31Of8B,
            "llama3.1-70b" => LlamaSettings.Llama31Of70B,
            "llama3.1-405b" => LlamaSettings.Llama31Of405B,
            "llama3.2-1b" => LlamaSettings.Llama32Of1B,
            "llama3.2-3b" => LlamaSettings.Llama32Of3B,
            _ => new() { Vocabulary = data.Vocabulary, Context = data.Input[0], Width = 128, Layers = 4, Heads = 4, FeedForward = (Width ?? 128) * 8 / 3, TiedHead = true },
        };
        settings = settings with
        {
            Vocabulary = Vocabulary ?? settings.Vocabulary,
            Context = Context ?? settings.Context,
            Width = Width ?? settings.Width,
            Layers = Layers ?? settings.Layers,
            Heads = Heads ?? settings.Heads,
            KeyValueHeads = KeyValueHeads ?? settings.KeyValueHeads,
            FeedForward = FeedForward ?? settings.FeedForward,
            TiedHead = TiedHead ?? settings.TiedHead,
            Rope = RopeTheta is { } theta ? settings.Rope with { Theta = theta } : settings.Rope,
        };
        TokenRoom.Check("llama", settings.Vocabulary, settings.Context, data);
        return settings;
    }
}
