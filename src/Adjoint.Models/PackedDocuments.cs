namespace Adjoint.Models;

/// <summary>Rows of several texts, one after the other: which token is of which.</summary>
internal static class PackedDocuments
{
    /// <summary>Refuses numbers that are not those of the tokens of ids [B, T].</summary>
    public static void Check(string model, Tensor ids, Tensor documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.DType is not (DType.I64 or DType.I32 or DType.U8)) throw new DTypeException($"{model}: the numbers of documents must be integers, but they are {documents.DType}.");
        if (documents.Shape != ids.Shape && documents.Shape != Shape.Create([ids.Shape[1]])) throw new ShapeException($"{model}: documents must give each token of ids a number, but ids are {ids.Shape} and documents are {documents.Shape}.");
    }

    /// <summary>The place of each token in its own document, from 0; the shape is that of documents [.., T].</summary>
    public static Tensor Places(Tensor documents)
    {
        long[] numbers = documents.To(DType.I64).ToArray<long>(), places = new long[numbers.Length];
        long length = Math.Max(documents.Shape[^1], 1);
        var seen = new Dictionary<long, long>();
        for (int i = 0; i < numbers.Length; i++)
        {
            if (i % length == 0) seen.Clear();
            seen[numbers[i]] = (places[i] = seen.GetValueOrDefault(numbers[i])) + 1;
        }

        return Tensor.From(places, documents.Shape);
    }
}
