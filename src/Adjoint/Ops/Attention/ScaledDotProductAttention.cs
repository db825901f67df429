namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds attention to tensors.</summary>
public static class ScaledDotProductAttentionSyntax
{
    extension(Tensor q)
    {
        /// <summary>Attention: <c>y = softmax(scale·q·kᵀ + bias)·v</c>, the softmax over the S keys of each of the T queries.</summary>
        /// <remarks>
        /// <para>Shapes: q [B, H, T, D], k [B, H, S, D], v [B, H, S, E], y [B, H, T, E]; any number of axes before the last two. With
        /// grouped heads k and v have fewer heads, H divided by a whole number: heads g·n … g·n + n − 1 of q share head g.</para>
        /// <para>A query that may look at no key (its row of the mask is all false, or of the bias all −∞) gives zeros, and passes
        /// no gradient on. The softmax of such a row has no meaning; frameworks differ, and many give NaN.</para>
        /// <para>Composed of matrix products and a softmax: the [T, S] weights of each head are kept for the backward pass.
        /// Source: Vaswani et al. 2017, eq. 1; Ainslie et al. 2023 for grouped heads.</para>
        /// </remarks>
        /// <param name="k">The keys.</param>
        /// <param name="v">The values.</param>
        /// <param name="bias">Added before the softmax; or Bool, true where a query may look at a key. Broadcasts to [B, H, T, S].</param>
        /// <param name="isCausal">Query t sees the keys 0 … t only; may be combined with a bias.</param>
        /// <param name="scale">1/√D when omitted.</param>
        /// <param name="dropout">The probability of dropping a weight after the softmax, from 0 to 1.</param>
        /// <param name="random">The stream that decides what is dropped; it moves on.</param>
        /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
        /// <exception cref="ArgumentException">The dropout is not from 0 to 1, or has no stream.</exception>
        /// <exception cref="DTypeException">q, k or v are not floating-point numbers, or the bias is neither that nor Bool.</exception>
        [PyTorch("torch.nn.functional.scaled_dot_product_attention", Differs = "`attn_mask` is `bias`, floats or Bool (true: may look); it may be combined with `isCausal`. Grouped heads need no `enable_gqa`. Queries that may look at nothing give zeros. Dropout takes a generator.")]
        public Tensor ScaledDotProductAttention(Tensor k, Tensor v, Tensor? bias = null, bool isCausal = false, double? scale = null, double dropout = 0, Generator? random = null)
        {
            ArgumentNullException.ThrowIfNull(k);
            ArgumentNullException.ThrowIfNull(v);
            AttentionShapes shapes = AttentionShapes.Of(q, k, v, bias);
            if (dropout != 0 && random is null) throw new ArgumentException(FormattableString.Invariant($"scaled_dot_product_attention: dropout needs a stream of random numbers, but the dropout is {dropout} and random is null."));
            Tensor scaled = q * (scale ?? 1 / Math.Sqrt(Math.Max(q.Shape[^1], 1)));
            if (!shapes.IsGrouped) return Dropped(Weights(scaled.MatMul(k.T), bias, isCausal)).MatMul(v);

            // An axis of its own for the heads that share: keys and values broadcast along it and are not copied.
            Tensor weights = Weights(scaled.Reshape(shapes.Grouped(q.Shape)).MatMul(k.Unsqueeze(-3).T), bias is null ? null : shapes.Grouped(bias), isCausal);
            Tensor y = Dropped(weights).MatMul(v.Unsqueeze(-3));
            return y.Reshape(q.Shape.With(q.Rank - 1, v.Shape[^1]));

            Tensor Dropped(Tensor all) => dropout == 0 ? all : all.Dropout(dropout, random!);
        }
    }

    static Tensor Weights(Tensor scores, Tensor? bias, bool isCausal)
    {
        Tensor? hidden = isCausal ? Tensor.Ones([scores.Shape[^2], scores.Shape[^1]], DType.Bool).Triu(1) : null;
        if (bias is null) return (hidden is null ? scores : scores.MaskedFill(hidden, double.NegativeInfinity)).Softmax(-1);

        Tensor closed = bias.DType == DType.Bool ? bias.EqualTo(0) : bias.Detach().EqualTo(double.NegativeInfinity);
        if (hidden is not null) closed = closed.Maximum(hidden);
        if (bias.DType != DType.Bool) scores += bias;
        scores = scores.MaskedFill(closed, double.NegativeInfinity);
        // Rows without any key: 0/0 must arise neither here nor on the way back.
        Tensor blind = closed.All([-1], keepDim: true);
        return scores.MaskedFill(blind, 0).Softmax(-1).MaskedFill(blind, 0);
    }
}
