namespace Adjoint.Ops;

/// <summary>The gradient of <see cref="PackedAttention"/>, of queries, keys and values in one tensor, from blocks of scores computed again.</summary>
/// <remarks>Inputs: dy, qkv, y, log₂ of the sums, and the numbers of documents where given. Output: dqkv. Its own gradient is that of the composed form.</remarks>
/// <param name="Heads">The heads of the queries.</param>
/// <param name="KeyHeads">The heads of the keys, and of the values.</param>
/// <param name="Scale">What scores are multiplied by.</param>
/// <param name="Reach">Which keys are seen by their place, and what the way to them costs.</param>
/// <param name="HasDocuments">Whether a last input numbers the document of each token.</param>
[NotInPyTorch("the gradient of PackedAttention")]
public sealed record PackedAttentionBackward(long Heads, long KeyHeads, double Scale, AttentionReach Reach, bool HasDocuments = false) : Op, ISampled
{
    /// <summary>Where documents are.</summary>
    const int ToDocuments = 4;

    /// <inheritdoc/>
    public override string Name => PackedHeads.Name + "_backward";

    PackedHeads Packed => new(Heads, KeyHeads);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[1].Spec;

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Packed.Scores(inputs[1], Reach) * 10 * Packed.Depth(inputs[1]);

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor[] operands = [.. Packed.Split(inputs[1]), .. inputs[ToDocuments..]], to = Packed.Split(outputs[0]);
        (Tensor dy, Tensor y, Tensor logSum) = (PackedHeads.Apart(inputs[0], Heads), PackedHeads.Apart(inputs[2], Heads), inputs[3]);
        if (logSum.DType == DType.F64) new AttentionCall<double>(operands, false, HasDocuments, Scale, Reach).Backward(dy, y, logSum, to[0], to[1], to[2]);
        else new AttentionCall<float>(operands, false, HasDocuments, Scale, Reach).Backward(dy, y, logSum, to[0], to[1], to[2]);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => PackedHeads.OfItems(x, this, HasDocuments);

    /// <inheritdoc/>
    protected internal override Saves Needs(int input)
    {
        Saves saves = Saves.Input(0) | Saves.Input(1);
        return HasDocuments ? saves | Saves.Input(ToDocuments) : saves;
    }

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    // y and the sums are functions of qkv; their part is in its gradient.
    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
    {
        Tensor? documents = HasDocuments ? dy.Input(ToDocuments) : null;
        Composite.Differentiate(dy, [0, 1], Gradient, dx);

        Tensor[] Gradient(Tensor[] inputs)
        {
            Tensor[] x = Packed.Split(inputs[1]);
            return [PackedHeads.Join(AttentionComposed.Gradients(PackedHeads.Apart(inputs[0], Heads), x[0], x[1], x[2], null, documents, Reach, Scale))];
        }
    }

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        var ofParts = new ScaledDotProductAttentionBackward(Scale, Reach, AttentionBias.None, HasDocuments);
        Plain dy = PackedHeads.Apart(inputs[0], Heads), y = PackedHeads.Apart(inputs[2], Heads);
        return [PackedHeads.Join(ofParts.Reference([dy, .. Packed.Split(inputs[1]), y, inputs[3], .. inputs[ToDocuments..]]))];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in PackedAttention.Samples(random))
        {
            var op = (PackedAttention)sample.Op;
            Plain[] plain = [.. sample.Inputs.Select(Plain.From)];
            (Plain heads, Plain log) = AttentionReference.Of(op.OfParts, [.. op.Packed.Split(plain[0]), .. plain[1..]]);
            Plain y = PackedHeads.Join(heads);
            Tensor[] inputs = [random.Normal(y.Shape, dtype: DType.F64), sample.Inputs[0], Tensor.From(y.Values, y.Shape), Tensor.From(log.Values, log.Shape), .. sample.Inputs[1..]];
            yield return new(new PackedAttentionBackward(op.Heads, op.KeyHeads, op.Scale, op.Reach, op.HasDocuments), inputs) { Constant = [1, 2, 3, ToDocuments], Tolerance = 5e-5 };
        }
    }
}
