using Adjoint.Language.Tokenizing;

namespace Adjoint.Language;

/// <summary>A token for each byte of UTF-8: 256 of them, and no text without tokens.</summary>
public sealed class ByteTokenizer : Tokenizer
{
    static readonly byte[] All = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];

    /// <inheritdoc/>
    public override int Vocabulary => 256;

    /// <inheritdoc/>
    public override int? Bos => null;

    /// <inheritdoc/>
    public override int? Eos => null;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    public override IReadOnlyList<int> Encode(string text) => [.. Unicode.Bytes(text)];

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int id) => All.AsMemory(Checked(id), 1);
}
