namespace Adjoint.Ops;

/// <summary>Attention in matrix products and a softmax: what the blocked kernels mean, for derivatives of the second order, a bias that is learned, and dropout.</summary>
/// <remarks>The [T, S] weights of each head exist, and are kept for the backward pass.</remarks>
internal static class AttentionComposed
{
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? documents, AttentionReach reach, double scale, double dropout = 0, Generator? random = null)
    {
        AttentionShapes shapes = AttentionShapes.Of(q, k, v, bias, documents, reach);
        Terms terms = Terms.Of(q, k, bias, documents, reach);
        Tensor scaled = q * scale;
        if (!shapes.IsGrouped) return Dropped(terms.Weights(scaled.MatMul(k.T))).MatMul(v);

        // An axis of its own for the heads that share: keys and values broadcast along it and are not copied.
        Tensor weights = terms.Grouped(shapes).Weights(scaled.Reshape(shapes.Grouped(q.Shape)).MatMul(k.Unsqueeze(-3).T));
        Tensor y = Dropped(weights).MatMul(v.Unsqueeze(-3));
        return y.Reshape(q.Shape.With(q.Rank - 1, v.Shape[^1]));

        Tensor Dropped(Tensor all) => dropout == 0 ? all : all.Dropout(dropout, random!);
    }

    /// <summary>The gradients of <see cref="Apply"/> by q, k and v, from the gradient of y.</summary>
    public static Tensor[] Gradients(Tensor dy, Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? documents, AttentionReach reach, double scale)
    {
        AttentionShapes shapes = AttentionShapes.Of(q, k, v, bias, documents, reach);
        Terms terms = Terms.Of(q, k, bias, documents, reach);
        if (!shapes.IsGrouped) return Slopes(dy, q, k, v, terms, scale);
        Tensor[] all = Slopes(dy.Reshape(shapes.Grouped(dy.Shape)), q.Reshape(shapes.Grouped(q.Shape)), k.Unsqueeze(-3), v.Unsqueeze(-3), terms.Grouped(shapes), scale);
        return [all[0].Reshape(q.Shape), all[1].SumTo(k.Shape.Insert(k.Rank - 2, 1)).Reshape(k.Shape), all[2].SumTo(v.Shape.Insert(v.Rank - 2, 1)).Reshape(v.Shape)];
    }

    static Tensor[] Slopes(Tensor dy, Tensor q, Tensor k, Tensor v, Terms terms, double scale)
    {
        Tensor weights = terms.Weights((q * scale).MatMul(k.T)), dWeights = dy.MatMul(v.T);
        Tensor dScores = weights * (dWeights - (weights * dWeights).Sum([-1], keepDim: true)) * scale;
        return [dScores.MatMul(k), dScores.T.MatMul(q), weights.T.MatMul(dy)];
    }

    /// <summary>What scores are combined with before the softmax.</summary>
    /// <param name="Bias">What the caller adds, or a mask.</param>
    /// <param name="Linear">What the way between query and key adds.</param>
    /// <param name="Hidden">True where a query does not see a key.</param>
    /// <param name="MayBlind">Whether there may be queries that see nothing.</param>
    readonly record struct Terms(Tensor? Bias, Tensor? Linear, Tensor? Hidden, bool MayBlind)
    {
        public static Terms Of(Tensor q, Tensor k, Tensor? bias, Tensor? documents, AttentionReach reach)
        {
            (long queries, long keys) = (q.Shape[^2], k.Shape[^2]);
            Tensor? hidden = reach.Hidden(queries, keys);
            if (documents is not null)
            {
                Tensor of = documents.Expand(AttentionShapes.Numbers(q.Shape, keys)), own = of.Slice(of.Rank - 1, reach.Position, reach.Position + queries);
                Tensor others = own.Unsqueeze(-1).EqualTo(of.Unsqueeze(-2)).EqualTo(0);
                if (q.Rank > 2) others = others.Unsqueeze(-3);
                hidden = hidden is null ? others : others.Maximum(hidden);
            }

            return new(bias, reach.LinearBias(q.Rank > 2 ? q.Shape[^3] : 1, queries, keys, q.DType.Promote(k.DType).ComputeType()), hidden, reach.MayBlind || bias is not null);
        }

        /// <summary>The same beside scores whose heads are two axes.</summary>
        public Terms Grouped(AttentionShapes shapes) => new(Group(shapes, Bias), Group(shapes, Linear), Group(shapes, Hidden), MayBlind);

        public Tensor Weights(Tensor scores)
        {
            if (Linear is not null) scores = (scores + (scores.Rank == 2 ? Linear.Squeeze(0) : Linear)).To(scores.DType);
            if (!MayBlind) return (Hidden is null ? scores : scores.MaskedFill(Hidden, double.NegativeInfinity)).Softmax(-1);

            Tensor? closed = Hidden;
            if (Bias is not null)
            {
                closed = Bias.DType == DType.Bool ? Bias.EqualTo(0) : Bias.Detach().EqualTo(double.NegativeInfinity);
                if (Hidden is not null) closed = closed.Maximum(Hidden);
                if (Bias.DType != DType.Bool) scores += Bias;
            }

            scores = scores.MaskedFill(closed!, double.NegativeInfinity);
            // Rows without any key: 0/0 must arise neither here nor on the way back.
            Tensor blind = closed!.All([-1], keepDim: true);
            return scores.MaskedFill(blind, 0).Softmax(-1).MaskedFill(blind, 0);
        }

        static Tensor? Group(AttentionShapes shapes, Tensor? term) => term is null ? null : shapes.Grouped(term);
    }
}
