using System.Text;
using Adjoint.Formats;
using Adjoint.Language.Tokenizing;

namespace Adjoint.Language;

/// <summary>A token for each character (Unicode code point) of a vocabulary.</summary>
/// <example><code>
/// var tokenizer = CharacterTokenizer.Of(File.ReadAllText("tinyshakespeare.txt")); // 65 characters
/// tokenizer.Save("tokenizer.json");
/// </code></example>
public sealed class CharacterTokenizer : Tokenizer
{
    readonly byte[][] _tokens;
    readonly Dictionary<int, int> _ids = [];

    internal CharacterTokenizer(IReadOnlyList<Rune> characters)
    {
        Characters = characters;
        _tokens = [.. characters.Select(c => Encoding.UTF8.GetBytes(c.ToString()))];
        for (int id = 0; id < characters.Count; id++) _ids.Add(characters[id].Value, id);
    }

    /// <summary>The characters by id.</summary>
    public IReadOnlyList<Rune> Characters { get; }

    /// <inheritdoc/>
    public override int Vocabulary => _tokens.Length;

    /// <inheritdoc/>
    public override int? Bos => null;

    /// <inheritdoc/>
    public override int? Eos => null;

    /// <summary>A tokenizer for the characters that occur in a text, in the order of their code points.</summary>
    /// <exception cref="ArgumentException">The text is empty, or has half a surrogate pair.</exception>
    public static CharacterTokenizer Of(string text)
    {
        if (Unicode.Bytes(text).Length == 0) throw new ArgumentException("tokenizer: a vocabulary needs characters, but the text is empty.");
        return new([.. text.EnumerateRunes().Distinct().Order()]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A character is not in the vocabulary.</exception>
    public override IReadOnlyList<int> Encode(string text)
    {
        _ = Unicode.Bytes(text);
        List<int> ids = new(text.Length);
        foreach (Rune character in text.EnumerateRunes())
            ids.Add(_ids.TryGetValue(character.Value, out int id) ? id : throw new ArgumentException($"tokenizer: a text must consist of tokens, but none stands for U+{character.Value:X4}."));
        return ids;
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) => _tokens[Checked(id)];

    /// <summary>Writes a <c>tokenizer.json</c>: a word for each character.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <exception cref="IOException">The disk refuses; an existing file is untouched.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] json = TokenizerJsonText.Of(this);
        AtomicFile.Write(path, stream => stream.Write(json));
    }

    internal override void SaveIfPossible(string folder) => Save(Path.Combine(folder, TokenizerJson.FileName));
}
