namespace Adjoint.Models;

/// <summary>The sizes of a <see cref="Gpt"/>.</summary>
/// <example><code>
/// var settings = new GptSettings { Vocabulary = 65, Context = 256, Width = 384, Layers = 6, Heads = 6, Dropout = 0.2 };
/// var fineTuned = GptSettings.Gpt2Of124M with { Dropout = 0.1 };
/// </code></example>
public sealed record GptSettings
{
    /// <summary>The smallest GPT-2: 124,439,808 parameters.</summary>
    public static GptSettings Gpt2Of124M { get; } = Gpt2(768, 12, 12);

    /// <summary>GPT-2 medium: 354,823,168 parameters.</summary>
    public static GptSettings Gpt2Of355M { get; } = Gpt2(1024, 24, 16);

    /// <summary>GPT-2 large: 774,030,080 parameters.</summary>
    public static GptSettings Gpt2Of774M { get; } = Gpt2(1280, 36, 20);

    /// <summary>GPT-2 XL: 1,557,611,200 parameters.</summary>
    public static GptSettings Gpt2Of1558M { get; } = Gpt2(1600, 48, 25);

    /// <summary>V, the number of different tokens.</summary>
    public required long Vocabulary { get; init; }

    /// <summary>The most tokens of a row: positions are learned, so that there are no others.</summary>
    public required long Context { get; init; }

    /// <summary>C, the numbers that stand for one token.</summary>
    public required long Width { get; init; }

    /// <summary>The number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>H, the number of attention heads; Width is a multiple of it.</summary>
    public required int Heads { get; init; }

    /// <summary>The inner size of the feed-forward layers; 4·Width when omitted.</summary>
    public long? FeedForward { get; init; }

    /// <summary>Whether linear layers and layer norms have biases.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The probability of dropping: in the embedding, in attention weights, and in what each branch adds.</summary>
    public double Dropout { get; init; }

    /// <summary>ε of the layer norms.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>The number of parameters of a model of these sizes, the tied head counted once; no model is made.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public long ParameterCount
    {
        get
        {
            Check();
            long norm = Width + Biases(Width);
            long attention = (4 * Width * Width) + Biases(4 * Width);
            long feedForward = (2 * Width * Inner) + Biases(Inner + Width);
            return ((Vocabulary + Context) * Width) + (Layers * (norm + attention + norm + feedForward)) + norm;

            long Biases(long count) => Bias ? count : 0;
        }
    }

    /// <summary>The settings, whether they fit together or not.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"gpt {{ Vocabulary = {Vocabulary}, Context = {Context}, Width = {Width}, Layers = {Layers}, Heads = {Heads}, FeedForward = {Inner}, Bias = {Bias}, Dropout = {Dropout}, Epsilon = {Epsilon} }}");

    internal long Inner => FeedForward ?? 4 * Width;

    internal void Check()
    {
        Sizes.Positive("gpt", ("Vocabulary", Vocabulary), ("Context", Context), ("Width", Width), ("Layers", Layers), ("Heads", Heads), ("FeedForward", Inner));
        Sizes.Multiple("gpt", ("Width", Width), ("Heads", Heads));
        Sizes.Epsilon("gpt", Epsilon);
        if (!(Dropout is >= 0 and <= 1)) throw new ArgumentException(FormattableString.Invariant($"gpt: Dropout must be from 0 to 1, but it is {Dropout}."));
    }

    static GptSettings Gpt2(long width, int layers, int heads) => new() { Vocabulary = 50_257, Context = 1024, Width = width, Layers = layers, Heads = heads };
}
