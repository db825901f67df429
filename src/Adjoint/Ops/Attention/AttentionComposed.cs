namespace Adjoint.Ops;

/// <summary>Attention in matrix products and a softmax: what the blocked kernels mean, for derivatives of the second order, a bias that is learned, and dropout.</summary>
/// <remarks>The [T, S] weights of each head exist, and are kept for the backward pass.</remarks>
internal static class AttentionComposed
{
    public static Tensor Apply(Tensor q, Tensor k, Tensor v, Tensor? bias, bool isCausal, long position, double scale, double dropout = 0, Generator? random = null)
    {
        AttentionShapes shapes = AttentionShapes.Of(q, k, v, bias, position);
        Tensor scaled = q * scale;
        if (!shapes.IsGrouped) return Dropped(Weights(scaled.MatMul(k.T), bias, isCausal, position)).MatMul(v);

        // An axis of its own for the heads that share: keys and values broadcast along it and are not copied.
        Tensor weights = Weights(scaled.Reshape(shapes.Grouped(q.Shape)).MatMul(k.Unsqueeze(-3).T), bias is null ? null : shapes.Grouped(bias), isCausal, position);
        Tensor y = Dropped(weights).MatMul(v.Unsqueeze(-3));
        return y.Reshape(q.Shape.With(q.Rank - 1, v.Shape[^1]));

        Tensor Dropped(Tensor all) => dropout == 0 ? all : all.Dropout(dropout, random!);
    }

    /// <summary>The gradients of <see cref="Apply"/> by q, k and v, from the gradient of y.</summary>
    public static Tensor[] Gradients(Tensor dy, Tensor q, Tensor k, Tensor v, Tensor? bias, bool isCausal, long position, double scale)
    {
        AttentionShapes shapes = AttentionShapes.Of(q, k, v, bias);
        if (!shapes.IsGrouped) return Slopes(dy, q, k, v, bias, isCausal, position, scale);
        Tensor[] all = Slopes(dy.Reshape(shapes.Grouped(dy.Shape)), q.Reshape(shapes.Grouped(q.Shape)), k.Unsqueeze(-3), v.Unsqueeze(-3), bias is null ? null : shapes.Grouped(bias), isCausal, position, scale);
        return [all[0].Reshape(q.Shape), all[1].SumTo(k.Shape.Insert(k.Rank - 2, 1)).Reshape(k.Shape), all[2].SumTo(v.Shape.Insert(v.Rank - 2, 1)).Reshape(v.Shape)];
    }

    static Tensor[] Slopes(Tensor dy, Tensor q, Tensor k, Tensor v, Tensor? bias, bool isCausal, long position, double scale)
    {
        Tensor weights = Weights((q * scale).MatMul(k.T), bias, isCausal, position), dWeights = dy.MatMul(v.T);
        Tensor dScores = weights * (dWeights - (weights * dWeights).Sum([-1], keepDim: true)) * scale;
        return [dScores.MatMul(k), dScores.T.MatMul(q), weights.T.MatMul(dy)];
    }

    static Tensor Weights(Tensor scores, Tensor? bias, bool isCausal, long position)
    {
        Tensor? hidden = isCausal ? Tensor.Ones([scores.Shape[^2], scores.Shape[^1]], DType.Bool).Triu(position + 1) : null;
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
