using Adjoint.Nn;

namespace Adjoint.Language;

/// <summary>How well a model foretells a text.</summary>
/// <remarks>
/// <para>A longer text is cut into windows that do not know of each other. Where texts have a token to begin with (BOS), every window
/// begins with it, and holds the next Context tokens, of which it foretells each (the last is not read): every token of the text counts
/// once. Without a BOS, a window reads Context tokens and foretells those one further; the next window reads on from the token that
/// this one foretold last: every token but the text's first counts once.</para>
/// </remarks>
/// <param name="Tokens">The number of tokens that were foretold.</param>
/// <param name="Loss">The mean of −ln p over them, in nats.</param>
public sealed record TextScore(long Tokens, double Loss)
{
    /// <summary>e to the loss: among how many equally likely tokens the model seems to choose.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>The loss of the whole text in bits, for each of its bytes; it compares models with different tokenizers.</summary>
    /// <param name="bytes">The number of the text's bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public double BitsPerByte(long bytes) => bytes >= 1 ? Loss * Tokens / Math.Log(2) / bytes
        : throw new ArgumentOutOfRangeException(nameof(bytes), $"score: the text must have a byte at least, but it has {bytes}.");

    /// <summary>Scores a text.</summary>
    /// <param name="model">The model, which is switched to evaluation.</param>
    /// <param name="text">The text, for the model's tokenizer.</param>
    /// <param name="cancellation">Ends it between two windows.</param>
    /// <exception cref="ArgumentException">The model has no tokenizer, or there is no token to foretell.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TextScore Of(PretrainedModel model, string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Tokenizer tokenizer = model.Tokenizer ?? throw new ArgumentException("score: a text needs a tokenizer, but the model has none. Hint: name one, or score ids.");
        return Of(model.Model, tokenizer.Encode(text), model.Bos, model.Context, cancellation);
    }

    /// <summary>Scores the tokens of a text.</summary>
    /// <param name="model">Ids [B, T] to scores [B, T, V]; it is switched to evaluation.</param>
    /// <param name="ids">The tokens, without <paramref name="bos"/>.</param>
    /// <param name="bos">The token that texts begin with; null where there is none.</param>
    /// <param name="context">The most tokens that the model reads at once.</param>
    /// <param name="cancellation">Ends it between two windows.</param>
    /// <exception cref="ArgumentException">There is no token to foretell, or the context is less than 1.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TextScore Of(Module<Tensor, Tensor> model, IReadOnlyList<int> ids, int? bos, long context, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ids);
        if (context < 1) throw new ArgumentException($"score: the context must be at least 1 token, but it is {context}.");
        if (ids.Count == 0 || (bos is null && ids.Count == 1))
            throw new ArgumentException($"score: a text must have {(bos is null ? "two tokens at least, where the model has no token that texts begin with" : "a token at least")}, but it has {ids.Count}.");
        model.Eval();
        using NoGrad off = NoGrad.Scope();
        double sum = 0;
        int first = bos is null ? 1 : 0, window = (int)Math.Min(context, ids.Count);
        for (int from = first; from < ids.Count; from += window)
        {
            cancellation.ThrowIfCancellationRequested();
            using Scope scope = Scope.Begin("window");
            long[] targets = [.. ids.Skip(from).Take(window).Select(id => (long)id)];
            long[] inputs = [bos ?? ids[from - 1], .. targets[..^1]];
            Tensor scores = model.Call(Tensor.From(inputs, [1, inputs.Length])).Flatten(0, -2);
            sum += scores.CrossEntropy(Tensor.From(targets)).Item() * targets.Length;
        }

        return new(ids.Count - first, sum / (ids.Count - first));
    }
}
