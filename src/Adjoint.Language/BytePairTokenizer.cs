using System.Text;
using Adjoint.Formats;
using Adjoint.Language.Tokenizing;

namespace Adjoint.Language;

/// <summary>Byte pair encoding: a text is cut into pieces, and in each the pair of tokens that was learned first is joined, until no pair is left.</summary>
/// <remarks>
/// It begins either with bytes (GPT-2, Llama 3, tiktoken) or with characters, of which those that are no token become bytes (Llama 2). The latter see a
/// space before the text, which <see cref="Decode"/> takes away. Special tokens never come out of text, even if it holds their names.
/// Source: Sennrich et al. 2016; Radford et al. 2019, §2.2.
/// </remarks>
public sealed class BytePairTokenizer : Tokenizer
{
    readonly BytePairs _pairs;
    readonly AddedTokens _added;

    internal BytePairTokenizer(BytePairs pairs, TextSplitter splitter, IReadOnlyList<AddedToken> added) => (_pairs, Splitter, _added) = (pairs, splitter, new(added));

    /// <inheritdoc/>
    public override int Vocabulary => _pairs.Tokens.Length;

    /// <inheritdoc/>
    public override int? Bos => BosId;

    /// <inheritdoc/>
    public override int? Eos => EosId;

    internal int? BosId { get; init; }

    internal int? EosId { get; init; }

    /// <summary>Whether characters rather than bytes are joined.</summary>
    internal bool ByCharacter { get; init; }

    /// <summary>Whether a text is seen with a space before it: always, or unless it begins with white space.</summary>
    internal SpaceBefore SpaceBefore { get; init; }

    /// <summary>The file that it was read from, written again as it was; null where it was made otherwise.</summary>
    internal byte[]? Json { get; init; }

    internal TextSplitter Splitter { get; }

    internal BytePairs Pairs => _pairs;

    internal IReadOnlyList<AddedToken> Added => _added.All;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The text has half a surrogate pair, or a character that neither a token nor bytes stand for.</exception>
    public override IReadOnlyList<int> Encode(string text)
    {
        if (Unicode.Bytes(text).Length == 0) return [];
        List<int> ids = [];
        bool isFirst = true;
        foreach ((string part, int? id) in _added.Split(text))
        {
            if (id is { } known)
            {
                ids.Add(known);
            }
            else
            {
                bool space = isFirst && (SpaceBefore == SpaceBefore.Always || (SpaceBefore == SpaceBefore.BeforeText && !char.IsWhiteSpace(part[0])));
                foreach (string piece in Splitter.Split(space ? " " + part : part)) _pairs.Encode(Encoding.UTF8.GetBytes(piece), ByCharacter, ids);
            }

            isFirst = false;
        }

        return ids;
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) => _pairs.Tokens[Checked(id)];

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids)
    {
        string text = base.Decode(ids);
        return SpaceBefore == SpaceBefore.Always && text.StartsWith(' ') ? text[1..] : text;
    }

    /// <summary>Reads a file of tiktoken whose name does not say how texts are cut.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pattern">A regular expression: what it matches are the pieces.</param>
    /// <exception cref="FormatException">The file breaks a rule of its format, or the pattern is no regular expression.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static BytePairTokenizer LoadTiktoken(string path, string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return TiktokenFile.Read(path, pattern, null);
    }

    /// <summary>Writes a <c>tokenizer.json</c> as Hugging Face's libraries read it.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <exception cref="InvalidOperationException">It was read from a tiktoken file, which does not say what is joined.</exception>
    /// <exception cref="IOException">The disk refuses; an existing file is untouched.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] json = Json ?? TokenizerJsonText.Of(this);
        AtomicFile.Write(path, stream => stream.Write(json));
    }

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c> as GPT-2 has them.</summary>
    /// <remarks>These files have no place for how a text is cut: they are read as GPT-2 cuts it.</remarks>
    /// <param name="folder">Where to; it is made if there is none.</param>
    /// <exception cref="InvalidOperationException">It does not begin with bytes or cuts otherwise than GPT-2, or it was read from a tiktoken file.</exception>
    /// <exception cref="IOException">The disk refuses; an existing file is untouched.</exception>
    public void SaveVocabulary(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        VocabularyFiles.Write(folder, this);
    }

    internal override void SaveIfPossible(string folder)
    {
        if (Json is not null || Pairs.Merges is not null) Save(Path.Combine(folder, TokenizerJson.FileName));
    }
}
