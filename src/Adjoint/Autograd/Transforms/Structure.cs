namespace Adjoint;

/// <summary>The arguments and results of functions as lists of tensors: what transforms work on.</summary>
/// <remarks>Known are a tensor, arrays and lists of tensors, tensors by name, and tuples of these. What is no tensor is passed through.</remarks>
internal static class Structure
{
    /// <summary>All tensors of a value, in order.</summary>
    public static Tensor[] Flatten<T>(T value, string operation)
    {
        List<Tensor> tensors = [];
        _ = Replace(value, tensor =>
        {
            tensors.Add(tensor);
            return tensor;
        }, operation);
        return [.. tensors];
    }

    /// <summary>The same arrangement of other tensors, in the order of <see cref="Flatten"/>.</summary>
    public static T Rebuild<T>(T like, ReadOnlySpan<Tensor> tensors, string operation)
    {
        Tensor[] all = tensors.ToArray();
        int next = 0;
        return Replace(like, _ => all[next++], operation);
    }

    static T Replace<T>(T value, Func<Tensor, Tensor> other, string operation) => (T)(object)Any(value, other, operation);

    // Tuples are made where their types are written out: what reflection would make may have been trimmed away.
    static object Any(object? value, Func<Tensor, Tensor> other, string operation) => value switch
    {
        Tensor tensor => other(tensor),
        Tensor[] array => Array.ConvertAll(array, x => other(x)),
        List<Tensor> list => list.ConvertAll(x => other(x)),
        OrderedDictionary<string, Tensor> named => new OrderedDictionary<string, Tensor>(named.Select(p => KeyValuePair.Create(p.Key, other(p.Value)))),
        Dictionary<string, Tensor> named => named.ToDictionary(p => p.Key, p => other(p.Value)),
        ValueTuple<Tensor, Tensor> t => (other(t.Item1), other(t.Item2)),
        ValueTuple<Tensor, Tensor, Tensor> t => (other(t.Item1), other(t.Item2), other(t.Item3)),
        ValueTuple<Tensor, Tensor[]> t => (other(t.Item1), Array.ConvertAll(t.Item2, x => other(x))),
        ValueTuple<Tensor[], Tensor> t => (Array.ConvertAll(t.Item1, x => other(x)), other(t.Item2)),
        ValueTuple<Tensor, OrderedDictionary<string, Tensor>> t => (other(t.Item1), (OrderedDictionary<string, Tensor>)Any(t.Item2, other, operation)),
        ValueTuple<Tensor, Dictionary<string, Tensor>> t => (other(t.Item1), (Dictionary<string, Tensor>)Any(t.Item2, other, operation)),
        _ => throw new ArgumentException($"{operation}: arguments and results must be a Tensor, Tensor[], List<Tensor>, OrderedDictionary<string, Tensor>, Dictionary<string, Tensor>, or a tuple of them, but one is {value?.GetType().Name ?? "null"}."),
    };
}
