namespace Adjoint.Language.Tokenizing;

/// <summary>GPT-2's way to write bytes as visible characters: printable ones as themselves, the others as U+0100 and on.</summary>
/// <remarks>Source: the code published with Radford et al. 2019, <c>encoder.py</c> (<c>bytes_to_unicode</c>).</remarks>
internal static class ByteAlphabet
{
    static readonly byte[] InOrder = [.. Printable(), .. Enumerable.Range(0, 256).Select(b => (byte)b).Except(Printable())];
    static readonly char[] Characters = Map();
    static readonly Dictionary<char, byte> Values = Enumerable.Range(0, 256).ToDictionary(b => Characters[b], b => (byte)b);

    /// <summary>All bytes in the order of GPT-2's first 256 tokens.</summary>
    public static IReadOnlyList<byte> Bytes => InOrder;

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = bytes.Length <= 256 ? stackalloc char[bytes.Length] : new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++) text[i] = Characters[bytes[i]];
        return new(text);
    }

    /// <summary>The bytes of such text; null where a character stands for none.</summary>
    public static byte[]? Read(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++) if (!Values.TryGetValue(text[i], out bytes[i])) return null;
        return bytes;
    }

    static IEnumerable<byte> Printable() => Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range('¡', '¬' - '¡' + 1)).Concat(Enumerable.Range('®', 'ÿ' - '®' + 1)).Select(b => (byte)b);

    static char[] Map()
    {
        char[] map = new char[256];
        HashSet<byte> printable = [.. Printable()];
        int next = 256;
        for (int b = 0; b < 256; b++) map[b] = printable.Contains((byte)b) ? (char)b : (char)next++;
        return map;
    }
}
