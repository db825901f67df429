using System.Text;
using Adjoint.Cli.Recipes;
using Adjoint.Formats;
using Adjoint.Language;

namespace Adjoint.Cli.Runs;

/// <summary>The tokens of a recipe's text: its characters, or bytes.</summary>
/// <param name="characters">The characters in the order of their numbers; null where tokens are bytes.</param>
internal sealed class SavedTokenizer(string? characters) : Tokenizer
{
    readonly byte[][] _bytes = characters is null
        ? [.. Enumerable.Range(0, 256).Select(b => (byte[])[(byte)b])]
        : [.. characters.EnumerateRunes().Select(c => Encoding.UTF8.GetBytes(c.ToString()))];

    readonly Dictionary<Rune, int>? _numbers = characters?.EnumerateRunes().Index().ToDictionary(c => c.Item, c => c.Index);

    public override int Vocabulary => _bytes.Length;

    public override int? Bos => null;

    public override int? Eos => null;

    public override IReadOnlyList<int> Encode(string text)
    {
        if (_numbers is null) return [.. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];
        return [.. text.EnumerateRunes().Select(c => _numbers.TryGetValue(c, out int id) ? id : throw Unknown(c))];
    }

    public override ReadOnlyMemory<byte> Bytes(int id) => _bytes[Checked(id)];

    static ArgumentException Unknown(Rune c) => new($"tokenizer: a text must be made of the characters that the model learned from, but it holds {c.ToString().Quoted()}.");
}
