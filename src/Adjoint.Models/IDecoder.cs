namespace Adjoint.Models;

/// <summary>A language model that goes on with a text token by token, and computes nothing of what came before again.</summary>
/// <example><code>
/// KeyValueCache cache = model.Cache();
/// using NoGrad off = NoGrad.Scope();
/// Tensor next = model.Next(prompt, cache).Argmax(-1);                // prompt [1, T]
/// next = model.Next(next.Unsqueeze(-1), cache).Argmax(-1);           // one token more
/// </code></example>
public interface IDecoder
{
    /// <summary>An empty cache for rows of up to the model's context.</summary>
    /// <param name="batch">B, the number of rows.</param>
    /// <exception cref="ArgumentException">The batch is less than 1.</exception>
    KeyValueCache Cache(long batch = 1);

    /// <summary>Scores of the tokens after each of ids [B, T], which follow those that the cache has seen: [B, T, V]; the cache has seen ids then.</summary>
    /// <remarks>The scores are those of the model's call with all tokens, up to rounding. Hooks on the model and its blocks do not run.</remarks>
    /// <exception cref="ShapeException">ids are not [B, T] with the cache's B, the cache is another model's, or they go beyond the context.</exception>
    /// <exception cref="GraphException">Operations are recorded.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is no token.</exception>
    Tensor Call(Tensor ids, KeyValueCache cache);

    /// <summary>As <see cref="Call"/>, but the scores after the last of ids only: [B, V].</summary>
    /// <inheritdoc cref="Call" path="/exception"/>
    Tensor Next(Tensor ids, KeyValueCache cache);
}
