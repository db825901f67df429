using Adjoint.Nn;

namespace Adjoint.Models;

/// <summary>GPT-2: a decoder that reads tokens and scores, at every place, which token comes next.</summary>
/// <remarks>
/// <para>Shapes: ids [B, T] of integers → scores (logits) [B, T, V]. Blocks normalise before attention and feed-forward layer; positions
/// are learned; the head is tied to the token embedding. Matrices start normal with deviation 0.02, those that write into the
/// residual stream with 0.02/√(2·layers), biases at 0.</para>
/// <para>Source: Radford et al. 2019, §2.3, and the code published with it.</para>
/// </remarks>
/// <example><code>
/// var model = new Gpt(new() { Vocabulary = 65, Context = 64, Width = 128, Layers = 4, Heads = 4 }, new Generator(1));
/// Tensor loss = model.Call(ids[.., ..^1]).Flatten(0, -2).CrossEntropy(ids[.., 1..].Flatten());
/// </code></example>
public sealed class Gpt : Layer, IDecoder
{
    /// <summary>Draws the weights.</summary>
    /// <param name="settings">The sizes.</param>
    /// <param name="random">Where initial values and dropout come from.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public Gpt(GptSettings settings, Generator random, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        Settings = settings;
        Tokens = new(settings.Vocabulary, settings.Width, random, GptBlock.Deviation, dtype: dtype);
        Positions = new(settings.Context, settings.Width, random, GptBlock.Deviation, dtype: dtype);
        Dropout = new(settings.Dropout, random);
        Blocks = [.. Enumerable.Range(0, settings.Layers).Select(_ => new GptBlock(settings, random, dtype))];
        Norm = GptBlock.LayerNorm(settings, dtype);
        Head = new(Tokens.Weight);
    }

    /// <summary>The sizes.</summary>
    public GptSettings Settings { get; }

    /// <summary>What each token stands for, [V, C].</summary>
    public Embedding Tokens { get; }

    /// <summary>What each position stands for, [Context, C].</summary>
    public Embedding Positions { get; }

    /// <summary>Drops parts of the sum of both.</summary>
    public Dropout Dropout { get; }

    /// <summary>The blocks, first to last.</summary>
    public IReadOnlyList<GptBlock> Blocks { get; }

    /// <summary>The norm before the head.</summary>
    public LayerNorm Norm { get; }

    /// <summary>Features to scores; its weight is that of <see cref="Tokens"/>.</summary>
    public Linear Head { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">ids are not [B, T], or T is beyond the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    protected override Tensor Forward(Tensor ids)
    {
        Sizes.Tokens("gpt", ids, Settings.Context);
        Tensor x = Embed(ids, Places(0, ids));
        foreach (GptBlock block in Blocks) x = block.Call(x);
        return Head.Call(Norm.Call(x));
    }

    /// <summary>Scores of rows that hold several documents one after the other: tokens see none of another document, and places count from each one's beginning.</summary>
    /// <remarks>The scores of each document are those of a row of its own. Hooks on the model and its blocks do not run.</remarks>
    /// <param name="ids">[B, T].</param>
    /// <param name="documents">The number of each token's document, integers [B, T], or [T] for all rows.</param>
    /// <exception cref="ShapeException">ids are not [B, T], T is beyond the context, or documents do not number the tokens.</exception>
    /// <exception cref="DTypeException">The documents are not integers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    public Tensor Call(Tensor ids, Tensor documents)
    {
        using Scope scope = Enter();
        Sizes.Tokens("gpt", ids, Settings.Context);
        PackedDocuments.Check("gpt", ids, documents);
        Tensor x = Embed(ids, PackedDocuments.Places(documents));
        foreach (GptBlock block in Blocks) x = block.Call(x, null, documents);
        return scope.Keep(Head.Call(Norm.Call(x)));
    }

    /// <inheritdoc/>
    public KeyValueCache Cache(long batch = 1) => new(this, Settings.Layers, batch, Settings.Heads, Settings.Context, Settings.Width / Settings.Heads, Tokens.Weight.DType);

    /// <inheritdoc/>
    public Tensor Call(Tensor ids, KeyValueCache cache)
    {
        using Scope scope = Enter();
        return scope.Keep(Head.Call(Features(ids, cache)));
    }

    /// <inheritdoc/>
    public Tensor Next(Tensor ids, KeyValueCache cache)
    {
        using Scope scope = Enter();
        return scope.Keep(Head.Call(Features(ids, cache)[.., -1]));
    }

    Tensor Features(Tensor ids, KeyValueCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        cache.Begin("gpt", this, ids);
        Tensor x = Embed(ids, Places(cache.Length, ids));
        for (int i = 0; i < Blocks.Count; i++) x = Blocks[i].Call(x, cache.Layers[i]);
        cache.End(ids);
        return Norm.Call(x);
    }

    static Tensor Places(long first, Tensor ids) => Tensor.Arange(first, first + ids.Shape[1], dtype: DType.I64);

    Tensor Embed(Tensor ids, Tensor places) => Dropout.Call(Tokens.Call(ids) + Positions.Call(places));
}

/// <summary>One layer of a <see cref="Gpt"/>: <c>x + attention(norm(x))</c>, then <c>x + feedForward(norm(x))</c>.</summary>
/// <remarks>Shapes: x [B, T, C] → the same.</remarks>
public sealed class GptBlock : Layer
{
    internal const double Deviation = 0.02;

    static readonly Formula Gelu = Formula.Of(h => Vocabulary.GeluTanh(h)), Sum = Formula.Of((h, x) => x + h);

    readonly int _heads;

    internal GptBlock(GptSettings settings, Generator random, DType dtype)
    {
        (long width, long inner, _heads) = (settings.Width, settings.Inner, settings.Heads);
        double residual = Deviation / Math.Sqrt(2 * settings.Layers);
        AttentionNorm = LayerNorm(settings, dtype);
        QueryKeyValue = Linear(width, 3 * width, Deviation);
        AttentionOutput = Linear(width, width, residual);
        FeedForwardNorm = LayerNorm(settings, dtype);
        FeedForwardInner = Linear(width, inner, Deviation);
        FeedForwardOutput = Linear(inner, width, residual);
        Dropout = new(settings.Dropout, random);

        Linear Linear(long inputs, long outputs, double deviation) =>
            new(random.Normal([outputs, inputs], 0, deviation, dtype), settings.Bias ? Tensor.Zeros([outputs], dtype) : null);
    }

    /// <summary>The norm before attention.</summary>
    public LayerNorm AttentionNorm { get; }

    /// <summary>All heads' queries, then their keys, then their values: [3·C, C].</summary>
    public Linear QueryKeyValue { get; }

    /// <summary>What attention found, mixed over the heads.</summary>
    public Linear AttentionOutput { get; }

    /// <summary>The norm before the feed-forward layer.</summary>
    public LayerNorm FeedForwardNorm { get; }

    /// <summary>Into the feed-forward layer.</summary>
    public Linear FeedForwardInner { get; }

    /// <summary>Out of it.</summary>
    public Linear FeedForwardOutput { get; }

    /// <summary>Drops attention weights and parts of what both branches add.</summary>
    public Dropout Dropout { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Forward(x, null, null);

    internal Tensor Call(Tensor x, LayerCache? before, Tensor? documents = null)
    {
        using Scope scope = Enter();
        return scope.Keep(Forward(x, before, documents));
    }

    Tensor Forward(Tensor x, LayerCache? before, Tensor? documents)
    {
        x = Add(AttentionOutput, Attention(AttentionNorm.Call(x), before, documents), x);
        return Add(FeedForwardOutput, FeedForwardInner.Call(FeedForwardNorm.Call(x), Gelu), x);
    }

    // What is dropped has to be there first; else the layer adds up as it goes.
    Tensor Add(Linear last, Tensor h, Tensor x) => Dropout.HasHooks || (Dropout.IsTraining && Dropout.Probability > 0) ? x + Dropout.Call(last.Call(h)) : last.Call(h, Sum, x);

    Tensor Attention(Tensor x, LayerCache? before, Tensor? documents)
    {
        (Tensor qkv, double dropout) = (QueryKeyValue.Call(x), IsTraining ? Dropout.Probability : 0);
        if (before is null) return qkv.SelfAttention(_heads, isCausal: true, dropout: dropout, random: Dropout.Random, documents: documents);

        // [B, T, 3·C] → three of [B, heads, T, D]; the keys and values of tokens before these come out of the cache.
        Tensor[] own = qkv.Reshape(x.Shape[0], x.Shape[1], 3, _heads, x.Shape[2] / _heads).Transpose(1, 3).Unbind(2);
        (Tensor k, Tensor v) = before.Append(own[1], own[2]);
        Tensor y = own[0].ScaledDotProductAttention(k, v, isCausal: true, dropout: dropout, random: Dropout.Random, position: before.Length, documents: documents);
        return y.Transpose(1, 2).Reshape(x.Shape);
    }

    internal static LayerNorm LayerNorm(GptSettings settings, DType dtype) => new([settings.Width], settings.Epsilon, dtype: dtype, bias: settings.Bias);
}
