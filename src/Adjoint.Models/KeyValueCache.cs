namespace Adjoint.Models;

/// <summary>The keys and values of the tokens that a decoder has seen, so that a further token costs one token's work.</summary>
/// <remarks>
/// <para>For each layer two tensors [B, keyHeads, Context, D], made at once and written in place: memory does not grow. They belong to
/// the scope in which the cache is made.</para>
/// <para>A call that fails leaves <see cref="Length"/> as it was, and with it all that counts.</para>
/// </remarks>
public sealed class KeyValueCache
{
    readonly IDecoder _model;
    readonly long _batch;

    internal KeyValueCache(IDecoder model, int layers, long batch, long heads, long context, long headSize, DType dtype)
    {
        if (batch < 1) throw new ArgumentException($"cache: the batch must be at least 1, but it is {batch}.");
        (_model, _batch, Context) = (model, batch, context);
        Layers = [.. Enumerable.Range(0, layers).Select(_ => new LayerCache(this, Tensor.Zeros([batch, heads, context, headSize], dtype), Tensor.Zeros([batch, heads, context, headSize], dtype)))];
    }

    /// <summary>The number of tokens that were seen.</summary>
    public long Length { get; private set; }

    /// <summary>The most tokens that there is room for.</summary>
    public long Context { get; }

    internal IReadOnlyList<LayerCache> Layers { get; }

    /// <summary>Forgets all tokens after the first so many.</summary>
    /// <param name="length">How many tokens stay, from 0 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public void Truncate(long length)
    {
        if (length < 0 || length > Length) throw new ArgumentOutOfRangeException(nameof(length), $"cache: the tokens that stay must be from 0 to the {Length} that were seen, but they are {length}.");
        Length = length;
    }

    /// <summary>Refuses ids [B, T] that cannot follow, before anything is written.</summary>
    internal void Begin(string name, IDecoder model, Tensor ids)
    {
        Sizes.Tokens(name, ids, Context);
        if (!ReferenceEquals(_model, model)) throw new ShapeException($"{name}: a cache must be the model's own, but it is that of another. Hint: model.Cache() makes one.");
        if (ids.Shape[0] != _batch) throw new ShapeException($"{name}: ids must have the rows of the cache, but ids are {ids.Shape} and the cache has {_batch} {(_batch == 1 ? "row" : "rows")}.");
        if (ids.Shape[1] == 0) throw new ShapeException($"{name}: at least one token must follow those of the cache, but ids are {ids.Shape}.");
        if (Length + ids.Shape[1] > Context) throw new ShapeException($"{name}: the tokens of the cache and those that follow must fit into the context of {Context} tokens, but they are {Length} and {ids.Shape[1]}. Hint: begin a new cache with the last tokens, as TextGenerator does.");
    }

    internal void End(Tensor ids) => Length += ids.Shape[1];
}

/// <summary>The part of a cache that belongs to one layer.</summary>
internal sealed class LayerCache(KeyValueCache whole, Tensor keys, Tensor values)
{
    /// <summary>The number of tokens before those of this call.</summary>
    public long Length => whole.Length;

    /// <summary>Writes the keys and values [B, keyHeads, T, D] of tokens that follow.</summary>
    /// <returns>Those of all tokens, [B, keyHeads, S, D]: views.</returns>
    public (Tensor Keys, Tensor Values) Append(Tensor k, Tensor v)
    {
        // A later call writes into the same memory, so that no backward pass can come back to it.
        if (k.RequiresGrad || v.RequiresGrad) throw new GraphException("cache: keys and values are kept without gradients, but the model is called with gradients. Hint: call it within NoGrad.Scope().");
        long end = Length + k.Shape[2];
        keys.Slice(2, Length, end).CopyFrom(k);
        values.Slice(2, Length, end).CopyFrom(v);
        return (keys.Slice(2, 0, end), values.Slice(2, 0, end));
    }
}
