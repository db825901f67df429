using Adjoint.Nn;

namespace Adjoint.Models;

/// <summary>Llama: a decoder like <see cref="Gpt"/> with RMS norms, rotary positions, gated feed-forward layers and heads that share keys and values.</summary>
/// <remarks>
/// <para>Shapes: ids [B, T] of integers → scores (logits) [B, T, V]. Nothing has a bias. Matrices start normal with deviation 0.02, those
/// that write into the residual stream with 0.02/√(2·layers), as in GPT-2: Meta does not say what it started from.</para>
/// <para>Source: Touvron et al. 2023 (Llama 2), §2.2; Ainslie et al. 2023 for grouped queries; Grattafiori et al. 2024 (Llama 3), §3.2;
/// Jiang et al. 2023 (Mistral 7B), §2, for the window.</para>
/// </remarks>
/// <example><code>
/// var model = new Llama(LlamaSettings.Stories260K, new Generator(1));
/// Tensor next = model.Call(ids)[.., -1].Argmax(-1);
/// </code></example>
public sealed class Llama : Layer, IDecoder
{
    /// <summary>Draws the weights.</summary>
    /// <param name="settings">The sizes.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public Llama(LlamaSettings settings, Generator random, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(random);
        settings.Check();
        Settings = settings;
        Tokens = new(settings.Vocabulary, settings.Width, random, LlamaBlock.Deviation, dtype: dtype);
        Blocks = [.. Enumerable.Range(0, settings.Layers).Select(_ => new LlamaBlock(settings, random, dtype))];
        Norm = new(settings.Width, settings.Epsilon, dtype);
        Head = new(settings.TiedHead ? Tokens.Weight : random.Normal([settings.Vocabulary, settings.Width], 0, LlamaBlock.Deviation, dtype));
    }

    /// <summary>The sizes.</summary>
    public LlamaSettings Settings { get; }

    /// <summary>What each token stands for, [V, C].</summary>
    public Embedding Tokens { get; }

    /// <summary>The blocks, first to last.</summary>
    public IReadOnlyList<LlamaBlock> Blocks { get; }

    /// <summary>The norm before the head.</summary>
    public RmsNorm Norm { get; }

    /// <summary>Features to scores; its weight is that of <see cref="Tokens"/> where the head is tied.</summary>
    public Linear Head { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">ids are not [B, T], or T is beyond the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    protected override Tensor Forward(Tensor ids)
    {
        Sizes.Tokens("llama", ids, Settings.Context);
        Tensor x = Tokens.Call(ids);
        foreach (LlamaBlock block in Blocks) x = block.Call(x);
        return Head.Call(Norm.Call(x));
    }

    /// <summary>Scores of rows that hold several documents one after the other: tokens see none of another document.</summary>
    /// <remarks>The scores of each document are those of a row of its own, because rotary positions count the way between two tokens. Hooks on the model and its blocks do not run.</remarks>
    /// <param name="ids">[B, T].</param>
    /// <param name="documents">The number of each token's document, integers [B, T], or [T] for all rows.</param>
    /// <exception cref="ShapeException">ids are not [B, T], T is beyond the context, or documents do not number the tokens.</exception>
    /// <exception cref="DTypeException">The documents are not integers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    public Tensor Call(Tensor ids, Tensor documents)
    {
        using Scope scope = Enter();
        Sizes.Tokens("llama", ids, Settings.Context);
        PackedDocuments.Check("llama", ids, documents);
        Tensor x = Tokens.Call(ids);
        foreach (LlamaBlock block in Blocks) x = block.Call(x, null, documents);
        return scope.Keep(Head.Call(Norm.Call(x)));
    }

    /// <inheritdoc/>
    public KeyValueCache Cache(long batch = 1) =>
        new(this, Settings.Layers, batch, Settings.KeyValueHeads ?? Settings.Heads, Settings.Context, Settings.HeadSize, Tokens.Weight.DType);

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
        cache.Begin("llama", this, ids);
        Tensor x = Tokens.Call(ids);
        for (int i = 0; i < Blocks.Count; i++) x = Blocks[i].Call(x, cache.Layers[i]);
        cache.End(ids);
        return Norm.Call(x);
    }
}

/// <summary>One layer of a <see cref="Llama"/>: <c>x + attention(norm(x))</c>, then <c>x + down(silu(gate(h))·up(h))</c> with h = norm(x).</summary>
/// <remarks>Shapes: x [B, T, C] → the same.</remarks>
public sealed class LlamaBlock : Layer
{
    internal const double Deviation = 0.02;

    static readonly Formula Sum = Formula.Of((h, x) => x + h);

    readonly LlamaSettings _settings;

    internal LlamaBlock(LlamaSettings settings, Generator random, DType dtype)
    {
        _settings = settings;
        (long width, long shared, long inner) = (settings.Width, settings.KeyValueWidth, settings.FeedForward);
        double residual = Deviation / Math.Sqrt(2 * settings.Layers);
        AttentionNorm = new(width, settings.Epsilon, dtype);
        Query = Linear(width, width, Deviation);
        Key = Linear(width, shared, Deviation);
        Value = Linear(width, shared, Deviation);
        AttentionOutput = Linear(width, width, residual);
        FeedForwardNorm = new(width, settings.Epsilon, dtype);
        Gate = Linear(width, inner, Deviation);
        Up = Linear(width, inner, Deviation);
        Down = Linear(inner, width, residual);

        Linear Linear(long inputs, long outputs, double deviation) => new(random.Normal([outputs, inputs], 0, deviation, dtype));
    }

    /// <summary>The norm before attention.</summary>
    public RmsNorm AttentionNorm { get; }

    /// <summary>What each head asks, [C, C]; wq in Meta's checkpoints.</summary>
    public Linear Query { get; }

    /// <summary>What each shared head answers to; wk in Meta's checkpoints.</summary>
    public Linear Key { get; }

    /// <summary>What each shared head tells; wv in Meta's checkpoints.</summary>
    public Linear Value { get; }

    /// <summary>What attention found, mixed over the heads; wo in Meta's checkpoints.</summary>
    public Linear AttentionOutput { get; }

    /// <summary>The norm before the feed-forward layer.</summary>
    public RmsNorm FeedForwardNorm { get; }

    /// <summary>How far each inner number is let through; w1 in Meta's checkpoints.</summary>
    public Linear Gate { get; }

    /// <summary>The inner numbers; w3 in Meta's checkpoints.</summary>
    public Linear Up { get; }

    /// <summary>Out of the feed-forward layer; w2 in Meta's checkpoints.</summary>
    public Linear Down { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Forward(x, null, null);

    internal Tensor Call(Tensor x, LayerCache? before, Tensor? documents = null)
    {
        using Scope scope = Enter();
        return scope.Keep(Forward(x, before, documents));
    }

    Tensor Forward(Tensor x, LayerCache? before, Tensor? documents)
    {
        x = AttentionOutput.Call(Attention(AttentionNorm.Call(x), before, documents), Sum, x);
        Tensor h = FeedForwardNorm.Call(x);
        return Down.Call(Gate.Call(h).SwiGlu(Up.Call(h)), Sum, x);
    }

    Tensor Attention(Tensor x, LayerCache? before, Tensor? documents)
    {
        long position = before?.Length ?? 0;
        Tensor q = Heads(Query).Rope(_settings.Rope, position), k = Heads(Key).Rope(_settings.Rope, position), v = Heads(Value);
        (k, v) = before?.Append(k, v) ?? (k, v);
        Tensor y = q.ScaledDotProductAttention(k, v, isCausal: true, position: position, window: _settings.Window, documents: documents);
        return y.Transpose(1, 2).Reshape(x.Shape);

        // [B, T, heads·D] → [B, heads, T, D]
        Tensor Heads(Linear projection) => projection.Call(x).Reshape(x.Shape[0], x.Shape[1], projection.Outputs / _settings.HeadSize, _settings.HeadSize).Transpose(1, 2);
    }
}
