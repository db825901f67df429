namespace Adjoint.Ops;

/// <summary>The gradients of <see cref="ScaledDotProductAttention"/> by q, k and v, from blocks of scores computed again.</summary>
/// <remarks>Inputs: dy, q, k, v, y, log₂ of the sums, and the bias and the numbers of documents where given. Outputs: dq, dk, dv. Its own gradient is that of the composed form.</remarks>
/// <param name="Scale">What scores are multiplied by.</param>
/// <param name="Reach">Which keys are seen by their place, and what the way to them costs.</param>
/// <param name="Bias">What a seventh input is.</param>
/// <param name="HasDocuments">Whether a last input numbers the document of each key.</param>
[NotInPyTorch("the gradient of ScaledDotProductAttention")]
public sealed record ScaledDotProductAttentionBackward(double Scale, AttentionReach Reach, AttentionBias Bias, bool HasDocuments = false) : Op, ISampled
{
    /// <summary>Where bias and documents begin.</summary>
    const int ToTerms = 6;

    bool Biased => Bias != AttentionBias.None;

    int Terms => (Biased ? 1 : 0) + (HasDocuments ? 1 : 0);

    /// <inheritdoc/>
    public override int OutputCount => 3;

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        for (int i = 0; i < 3; i++) outputs[i] = inputs[i + 1].Spec;
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => AttentionShapes.Scores(inputs[1], inputs[2], Reach) * 2 * ((3 * inputs[1].Shape[^1]) + (2 * inputs[3].Shape[^1]));

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor[] operands = [.. inputs[1..4], .. inputs[ToTerms..]];
        if (inputs[5].DType == DType.F64) new AttentionCall<double>(operands, Biased, HasDocuments, Scale, Reach).Backward(inputs[0], inputs[4], inputs[5], outputs[0], outputs[1], outputs[2]);
        else new AttentionCall<float>(operands, Biased, HasDocuments, Scale, Reach).Backward(inputs[0], inputs[4], inputs[5], outputs[0], outputs[1], outputs[2]);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => AttentionShapes.OfItems(x, this, first: 1, ToTerms, Biased, HasDocuments);

    /// <inheritdoc/>
    protected internal override Saves Needs(int input)
    {
        Saves saves = Saves.Input(0) | Saves.Input(1) | Saves.Input(2) | Saves.Input(3);
        for (int i = ToTerms; i < ToTerms + Terms; i++) saves |= Saves.Input(i);
        return saves;
    }

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    // y and the sums are functions of q, k and v; their part is in the gradients of these.
    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
    {
        (Tensor? bias, Tensor? documents) = (Biased ? dy.Input(ToTerms) : null, HasDocuments ? dy.Input(ToTerms + Terms - 1) : null);
        Composite.Differentiate(dy, [0, 1, 2, 3], inputs => AttentionComposed.Gradients(inputs[0], inputs[1], inputs[2], inputs[3], bias, documents, Reach, Scale), dx);
    }

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain dy, Plain q, Plain k, Plain v) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        Plain[] forward = [q, k, v, .. inputs[ToTerms..]];
        var op = new ScaledDotProductAttention(Scale, Reach, Bias, HasDocuments);
        Plain dq = Plain.Zeros(q.Shape), dk = Plain.Zeros(k.Shape), dv = Plain.Zeros(v.Shape);
        foreach (long[] row in Plain.Indices(q.Shape.Without(q.Shape.Rank - 1)))
        {
            double[] weights = [.. AttentionReference.Scores(op, forward, row).Select(score => Math.Pow(2, (score / Math.Log(2)) - inputs[5][row]))];
            double[] slopes = new double[weights.Length];
            for (int s = 0; s < weights.Length; s++)
            {
                for (long e = 0; e < v.Shape[^1]; e++)
                {
                    long[] at = AttentionReference.KeyAt(forward, row, s, e);
                    slopes[s] += dy[[.. row, e]] * v[at];
                    dv[at] += weights[s] * dy[[.. row, e]];
                }
            }

            double mean = 0;
            for (long e = 0; e < v.Shape[^1]; e++) mean += dy[[.. row, e]] * inputs[4][[.. row, e]];
            for (int s = 0; s < weights.Length; s++)
            {
                double dScore = weights[s] * (slopes[s] - mean) * Scale;
                for (long d = 0; d < q.Shape[^1]; d++)
                {
                    long[] at = AttentionReference.KeyAt(forward, row, s, d);
                    dq[[.. row, d]] += dScore * k[at];
                    dk[at] += dScore * q[[.. row, d]];
                }
            }
        }

        return [dq, dk, dv];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in ScaledDotProductAttention.Samples(random))
        {
            var op = (ScaledDotProductAttention)sample.Op;
            Plain[] plain = [.. sample.Inputs.Select(Plain.From)];
            (Plain y, Plain log) = AttentionReference.Of(op, plain);
            Tensor[] inputs = [random.Normal(y.Shape, dtype: DType.F64), .. sample.Inputs[..3], Tensor.From(y.Values, y.Shape), Tensor.From(log.Values, log.Shape), .. sample.Inputs[3..]];
            yield return new(new ScaledDotProductAttentionBackward(op.Scale, op.Reach, op.Bias, op.HasDocuments), inputs) { Constant = [1, 2, 3, 4, 5, ToTerms], Tolerance = 5e-5 };
        }
    }
}
