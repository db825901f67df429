namespace Adjoint.Models;

/// <summary>The sizes of a <see cref="Llama"/>.</summary>
/// <remarks>
/// The published sizes have adjacent pairs in their rotary embedding, as in the checkpoints of Meta and llama2.c. Checkpoints of
/// Hugging Face want <c>with { Rope = settings.Rope with { Pairs = RopePairs.Halves } }</c>.
/// </remarks>
/// <example><code>
/// var settings = new LlamaSettings { Vocabulary = 4096, Context = 512, Width = 288, Layers = 6, Heads = 6, FeedForward = 768, TiedHead = true };
/// </code></example>
public sealed record LlamaSettings
{
    /// <summary>Llama 2 7B: 6,738,415,616 parameters.</summary>
    public static LlamaSettings Llama2Of7B { get; } = Llama2(4096, 32, 32, 32, 11_008);

    /// <summary>Llama 2 13B: 13,015,864,320 parameters.</summary>
    public static LlamaSettings Llama2Of13B { get; } = Llama2(5120, 40, 40, 40, 13_824);

    /// <summary>Llama 2 70B: 68,976,648,192 parameters.</summary>
    public static LlamaSettings Llama2Of70B { get; } = Llama2(8192, 80, 64, 8, 28_672);

    /// <summary>Llama 3.1 8B: 8,030,261,248 parameters.</summary>
    public static LlamaSettings Llama31Of8B { get; } = Llama3(4096, 32, 32, 14_336, 8);

    /// <summary>Llama 3.1 70B: 70,553,706,496 parameters.</summary>
    public static LlamaSettings Llama31Of70B { get; } = Llama3(8192, 80, 64, 28_672, 8);

    /// <summary>Llama 3.1 405B: 405,853,388,800 parameters.</summary>
    public static LlamaSettings Llama31Of405B { get; } = Llama3(16_384, 126, 128, 53_248, 8);

    /// <summary>Llama 3.2 1B: 1,235,814,400 parameters, the head tied.</summary>
    public static LlamaSettings Llama32Of1B { get; } = Llama3(2048, 16, 32, 8192, 32) with { TiedHead = true };

    /// <summary>Llama 3.2 3B: 3,212,749,824 parameters, the head tied.</summary>
    public static LlamaSettings Llama32Of3B { get; } = Llama3(3072, 28, 24, 8192, 32) with { TiedHead = true };

    /// <summary>Mistral 7B, its first version: 7,241,732,096 parameters, a window of 4096 tokens.</summary>
    public static LlamaSettings MistralOf7B { get; } = new()
    {
        Vocabulary = 32_000, Context = 32_768, Width = 4096, Layers = 32, Heads = 32, KeyValueHeads = 8, FeedForward = 14_336, Window = 4096,
    };

    /// <summary>The smallest model of llama2.c, for children's stories: 260,032 parameters, the head tied.</summary>
    public static LlamaSettings Stories260K { get; } = new() { Vocabulary = 512, Context = 512, Width = 64, Layers = 5, Heads = 8, KeyValueHeads = 4, FeedForward = 172, TiedHead = true };

    /// <summary>V, the number of different tokens.</summary>
    public required long Vocabulary { get; init; }

    /// <summary>The most tokens of a row.</summary>
    public required long Context { get; init; }

    /// <summary>C, the numbers that stand for one token.</summary>
    public required long Width { get; init; }

    /// <summary>The number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>H, the number of attention heads; Width is a multiple of it, and Width/Heads is even.</summary>
    public required int Heads { get; init; }

    /// <summary>The number of heads of keys and values, which divides Heads; Heads when omitted.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>The inner size of the feed-forward layers.</summary>
    public required long FeedForward { get; init; }

    /// <summary>Whether the head's weight is that of the token embedding.</summary>
    public bool TiedHead { get; init; }

    /// <summary>ε of the norms.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>How positions turn queries and keys.</summary>
    public RopeSettings Rope { get; init; } = new();

    /// <summary>How many tokens a token sees, itself and those before it, as in Mistral 7B; all when omitted.</summary>
    /// <remarks>Layers on top of each other see further, together Layers·(Window − 1) tokens back. A cache keeps the whole context.</remarks>
    public long? Window { get; init; }

    /// <summary>The number of parameters of a model of these sizes, a tied head counted once; no model is made.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public long ParameterCount
    {
        get
        {
            Check();
            long attention = 2 * Width * (Width + KeyValueWidth);
            long feedForward = 3 * Width * FeedForward;
            return ((TiedHead ? 1 : 2) * Vocabulary * Width) + (Layers * (Width + attention + Width + feedForward)) + Width;
        }
    }

    /// <summary>The settings, whether they fit together or not.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"llama {{ Vocabulary = {Vocabulary}, Context = {Context}, Width = {Width}, Layers = {Layers}, Heads = {Heads}, KeyValueHeads = {KeyValueHeads ?? Heads}, FeedForward = {FeedForward}, TiedHead = {TiedHead}, Epsilon = {Epsilon}, {Rope}{(Window is null ? "" : $", Window = {Window}")} }}");

    internal long HeadSize => Width / Heads;

    internal long KeyValueWidth => (KeyValueHeads ?? Heads) * HeadSize;

    internal void Check()
    {
        int shared = KeyValueHeads ?? Heads;
        Sizes.Positive("llama", ("Vocabulary", Vocabulary), ("Context", Context), ("Width", Width), ("Layers", Layers), ("Heads", Heads), ("KeyValueHeads", shared), ("FeedForward", FeedForward));
        Sizes.Multiple("llama", ("Width", Width), ("Heads", Heads));
        Sizes.Multiple("llama", ("Heads", Heads), ("KeyValueHeads", shared));
        Sizes.Epsilon("llama", Epsilon);
        if (Window is { } window) Sizes.Positive("llama", ("Window", window));
        // Sizes may come from a file: nothing as large as they say is made for a check.
        _ = Rope.Frequencies(HeadSize % 2 == 0 ? 2 : HeadSize);
    }

    static LlamaSettings Llama2(long width, int layers, int heads, int keyValueHeads, long feedForward) => new()
    {
        Vocabulary = 32_000, Context = 4096, Width = width, Layers = layers, Heads = heads, KeyValueHeads = keyValueHeads, FeedForward = feedForward,
    };

    static LlamaSettings Llama3(long width, int layers, int heads, long feedForward, double slowdown) => new()
    {
        Vocabulary = 128_256, Context = 131_072, Width = width, Layers = layers, Heads = heads, KeyValueHeads = 8, FeedForward = feedForward,
        Rope = new() { Theta = 500_000, Scaling = new(slowdown) },
    };
}
