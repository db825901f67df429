using Adjoint.Language;
using CsCheck;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Texts that are hard on tokenizers.</summary>
static class Texts
{
    // Twice, so that every pair occurs often enough to be joined.
    public static string Training { get; } = Once + Once;

    const string Once = """
        Once upon a time there was a little girl named Lily. She loved to play outside in the sunshine, and she'd often play in the park.
        One day, Lily's mum said: "It's time to go home, we'll come back tomorrow!" Lily didn't want to go; she wanted to play, play and play.
        for (int i = 0; i < 1000; i++) { sum += values[i] * 0.125; }    // déjà vu, naïve café, 你好世界, привет мир, مرحبا
        """;

    public static string[] Hostile { get; } =
    [
        " ", "   ", "\n\n\t \r\n", "a", " a", "a ", "  a  b  ", "it's we'll I'D they'Ve", "e\u0301\u0301\u0301 o\u0308", "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽", "😀abc😀 1😀2", "𝒜𝓑𝔠 𐐀𐐨 𠀀𠀁中 𝟙𝟚𝟛",
        "שלום עולם مرحبا\u200f\u202eabc", "\0\0a\0", "\u2028\u2029\u00a0\u3000x", "▁a▁b <0x41> <|endoftext|> <s>", "\ufffd\ufffe\uffff\ufeff", "1234567 ٣٤٥ ²½Ⅷ", new('a', 1000), new(' ', 1000), string.Concat(Enumerable.Repeat("ab ", 300)),
    ];

    static Gen<string> OneHostile { get; } = Gen.Int[0, Hostile.Length - 1].Select(i => Hostile[i]);

    /// <summary>Valid Unicode of all kinds.</summary>
    public static Gen<string> Any { get; } = Gen.Frequency(
        (3, OneHostile),
        (3, Gen.String[Gen.Char["aehilnost '.,\n0123"], 0, 80]),
        (2, Gen.Int[1, 0x10ffff].Where(c => c is < 0xd800 or > 0xdfff).Select(char.ConvertFromUtf32).Array[0, 20].Select(string.Concat)),
        (1, Gen.Select(OneHostile, OneHostile, string.Concat)));

    public static BytePairTokenizer Train(string text, int vocabulary, string? pattern = null, IProgress<int>? progress = null) =>
        BpeTraining.Train(text, vocabulary, pattern, progress, TestContext.Current.CancellationToken);
}
