using System.Text;
using Adjoint.Formats;
using Adjoint.Language.Llama2C;
using Adjoint.Language.Tokenizing;

namespace Adjoint.Language;

/// <summary>Text to tokens and back.</summary>
/// <remarks>Every token stands for bytes; a character may be spread over several tokens, so that text is made of the bytes of all of them together.</remarks>
public abstract class Tokenizer
{
    /// <summary>How many different tokens there are; ids are 0 … Vocabulary − 1.</summary>
    public abstract int Vocabulary { get; }

    /// <summary>The token that a text begins with; null where there is none.</summary>
    public abstract int? Bos { get; }

    /// <summary>The token that a text ends with; null where there is none.</summary>
    public abstract int? Eos { get; }

    /// <summary>The tokens of a text, without <see cref="Bos"/> and <see cref="Eos"/>.</summary>
    /// <exception cref="ArgumentException">The text holds something that no token stands for.</exception>
    public abstract IReadOnlyList<int> Encode(string text);

    /// <summary>The bytes that a token stands for; none for tokens that are no text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is no token.</exception>
    public abstract ReadOnlyMemory<byte> Bytes(int id);

    /// <summary>The text of tokens; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    public virtual string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Encoding.UTF8.GetString([.. ids.SelectMany(id => Bytes(id).ToArray())]);
    }

    /// <summary>Reads a tokenizer: a <c>tokenizer.json</c>, a <c>vocab.json</c> with <c>merges.txt</c> beside it, a <c>.tiktoken</c> file, a <c>.bin</c> of llama2.c, or a folder with the first or second.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="FormatException">A file breaks a rule of its format, or is of a format that is not read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) path = Beside(path) ?? throw new FormatException($"tokenizer: a folder has tokenizer.json, or vocab.json and merges.txt, but {path.Quoted()} has neither.");
        if (Path.GetFileName(path) == VocabularyFiles.Vocabulary) return VocabularyFiles.Read(path, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, VocabularyFiles.Merges));
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => TokenizerJson.Read(path),
            ".tiktoken" => TiktokenFile.Read(path),
            ".bin" => Llama2CTokenizer.Open(path),
            _ => throw new FormatException($"tokenizer: files end in .json, .tiktoken or .bin, but {path.Quoted()} does not."),
        };
    }

    /// <summary>The file of the tokenizer in a model's folder; null where there is none.</summary>
    internal static string? Beside(string folder)
    {
        string json = Path.Combine(folder, TokenizerJson.FileName), vocabulary = Path.Combine(folder, VocabularyFiles.Vocabulary);
        if (File.Exists(json)) return json;
        return File.Exists(vocabulary) && File.Exists(Path.Combine(folder, VocabularyFiles.Merges)) ? vocabulary : null;
    }

    /// <summary>Writes the tokenizer into a model's folder, if the formats there have a place for it.</summary>
    internal virtual void SaveIfPossible(string folder)
    {
    }

    /// <summary>The id, if it is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is no token.</exception>
    protected int Checked(int id) => (uint)id < (uint)Vocabulary ? id
        : throw new ArgumentOutOfRangeException(nameof(id), $"tokenizer: ids must be from 0 to {Vocabulary - 1}, but one is {id}.");
}
