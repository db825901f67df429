using System.Text;
using Adjoint.Language;
using Adjoint.Nn;

namespace Adjoint.Tests.Language;

/// <summary>A model without a cache that always says the same: after n tokens, the n-th of its script; after the last, the first.</summary>
internal sealed class Scripted(int vocabulary, params int[] script) : Layer
{
    /// <summary>The rows that it was given.</summary>
    public List<long[]> Seen { get; } = [];

    protected override Tensor Forward(Tensor x)
    {
        Seen.Add(x.ToArray<long>());
        float[] scores = new float[x.Elements * vocabulary];
        for (int t = 0; t < x.Elements; t++) scores[(t * vocabulary) + script[t % script.Length]] = 9;
        return Tensor.From(scores, [1, x.Elements, vocabulary]);
    }
}

/// <summary>Tokens of which some are whole words and some parts of characters: what stands in a table.</summary>
internal sealed class TableTokenizer(int? bos, int? eos, params byte[][] table) : Tokenizer
{
    public override int Vocabulary => table.Length;

    public override int? Bos => bos;

    public override int? Eos => eos;

    /// <summary>A table of texts.</summary>
    public static TableTokenizer Of(int? bos, int? eos, params string[] texts) => new(bos, eos, [.. texts.Select(Encoding.UTF8.GetBytes)]);

    public override IReadOnlyList<int> Encode(string text)
    {
        var ids = new List<int>();
        for (byte[] rest = Encoding.UTF8.GetBytes(text); rest.Length > 0;)
        {
            int id = Enumerable.Range(0, table.Length).Where(i => table[i].Length > 0 && rest.AsSpan().StartsWith(table[i])).OrderByDescending(i => table[i].Length).First();
            ids.Add(id);
            rest = rest[table[id].Length..];
        }

        return ids;
    }

    public override ReadOnlyMemory<byte> Bytes(int id) => table[id];
}
