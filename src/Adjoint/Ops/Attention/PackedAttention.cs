namespace Adjoint.Ops
{
    /// <summary>Attention of tokens to each other, from queries, keys and values side by side in one tensor: <c>y = softmax(scale·q·kᵀ)·v</c>, as <see cref="ScaledDotProductAttention"/> makes it.</summary>
    /// <remarks>
    /// Inputs: qkv [..., T, (H + 2·K)·D], first H heads of queries, then K of keys, then K of values; the numbers of documents where given,
    /// integers that broadcast to [..., T]. Output: y [..., T, H·D]. Nothing is split or copied: heads are read and written where they lie.
    /// Saves qkv, the numbers, y, and one number a query and head.
    /// </remarks>
    /// <param name="Heads">H.</param>
    /// <param name="KeyHeads">K; H is a multiple.</param>
    /// <param name="Scale">What scores are multiplied by.</param>
    /// <param name="Reach">Which keys are seen by their place, and what the way to them costs.</param>
    /// <param name="HasDocuments">Whether a last input numbers the document of each token; queries see those of their own only.</param>
    [GradientRule("y = p·v, p = softmax(s·q·kᵀ) of the q, k and v in qkv", "dqkv = (s·dp·k, s·dpᵀ·q, pᵀ·dy), dp = p · (dy·vᵀ − Σ dy·y)")]
    public sealed record PackedAttention(long Heads, long KeyHeads, double Scale, AttentionReach Reach, bool HasDocuments = false) : Op, ISampled
    {
        /// <inheritdoc/>
        public override string Name => PackedHeads.Name;

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Low;

        internal PackedHeads Packed => new(Heads, KeyHeads);

        /// <inheritdoc/>
        public override int OutputCount => 2;

        /// <summary>log₂ of each query's sum of weights.</summary>
        public override int HiddenOutputs => 1;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Tensor qkv = inputs[0];
            long depth = Packed.Check(qkv, HasDocuments ? inputs[1] : null, Reach);
            outputs[0] = new(qkv.Shape.With(qkv.Rank - 1, Heads * depth), qkv.DType);
            outputs[1] = new(qkv.Shape.With(qkv.Rank - 2, Heads).With(qkv.Rank - 1, qkv.Shape[^2]), qkv.DType.ComputeType());
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Packed.Scores(inputs[0], Reach) * 4 * Packed.Depth(inputs[0]);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Tensor[] operands = [.. Packed.Split(inputs[0]), .. inputs[1..]];
            Tensor y = PackedHeads.Apart(outputs[0], Heads);
            if (outputs[1].DType == DType.F64) new AttentionCall<double>(operands, false, HasDocuments, Scale, Reach).Forward(y, outputs[1]);
            else new AttentionCall<float>(operands, false, HasDocuments, Scale, Reach).Forward(y, outputs[1]);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => PackedHeads.OfItems(x, this, HasDocuments);

        /// <inheritdoc/>
        protected internal override Saves Needs(int input)
        {
            Saves saves = Saves.Input(0) | Saves.Output(0) | Saves.Output(1);
            return HasDocuments ? saves | Saves.Input(1) : saves;
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (input > 0) return null;
            Tensor[] values = [dy.Gradient, dy.Input(0), dy.Output(0), dy.Output(1)];
            return new PackedAttentionBackward(Heads, KeyHeads, Scale, Reach, HasDocuments).Apply(HasDocuments ? [.. values, dy.Input(1)] : values);
        }

        /// <summary>What it is of q, k and v apart.</summary>
        internal ScaledDotProductAttention OfParts => new(Scale, Reach, AttentionBias.None, HasDocuments);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [PackedHeads.Join(AttentionReference.Of(OfParts, [.. Packed.Split(inputs[0]), .. inputs[1..]]).Y)];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(params ReadOnlySpan<long> shape) => random.Normal(Shape.Create(shape), dtype: DType.F64);
            yield return new(new PackedAttention(3, 3, 0.5, AttentionReach.All), Draw(2, 4, 9 * 5)) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(4, 2, -0.7, AttentionReach.Causal), Draw(2, 9, 8 * 3)) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(2, 1, 0.6, AttentionReach.Causal), Draw(5, 4 * 2)) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(1, 1, 1, AttentionReach.All), Draw(2, 3, 4, 3)) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(2, 2, 1, AttentionReach.Causal), Draw(2, 0, 6 * 2));
            // More queries and keys than a block has, and neither a multiple; a window that leaves whole blocks behind.
            yield return new(new PackedAttention(1, 1, 0.3, AttentionReach.Causal), Draw(1, 131, 3 * 3)) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(2, 1, 0.3, new(true, 0, 30)), Draw(1, 230, 4 * 2)) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(6, 3, 0.5, new(false, 0, 2, true)), Draw(2, 4, 12 * 4)) { Tolerance = 2e-5 };
            // Documents: of each row its own, of all rows the same, and of one row alone.
            yield return new(new PackedAttention(2, 2, 0.5, AttentionReach.Causal, true), Draw(2, 5, 6 * 4), Tensor.From([3L, 3, 5, 3, 5, 1, 1, 1, 2, 2], [2, 5])) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(4, 2, 0.5, new(true, 0, 3, true), true), Draw(2, 1, 5, 8 * 3), Tensor.From([0, 0, 7, 7, 7])) { Tolerance = 2e-5 };
            yield return new(new PackedAttention(2, 1, 0.5, AttentionReach.All, true), Draw(4, 4 * 3), Tensor.From([1L, 2, 1, 2])) { Tolerance = 2e-5 };
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([2, 3, 24]);
            return
            [
                Misuse.Of<ArgumentException>(() => x.SelfAttention(0), "self_attention: the number of heads must be positive, but it is 0."),
                Misuse.Of<ArgumentException>(() => x.SelfAttention(4, 3), "self_attention: the number of heads must be a multiple of that of the keys' heads, but they are 4 and 3."),
                Misuse.Of<ArgumentException>(() => x.SelfAttention(4, 0), "self_attention: the number of heads must be a multiple of that of the keys' heads, but they are 4 and 0."),
                Misuse.Of<ShapeException>(() => Tensor.Zeros([24]).SelfAttention(2), "self_attention: qkv must be [..., T, (H + 2·K)·D], but it is [24]."),
                Misuse.Of<ShapeException>(() => x.SelfAttention(6, 2), "self_attention: the last axis must be a multiple of the heads of queries, keys and values together, but it is 24 in [2, 3, 24] and they are 6 + 2 + 2."),
                Misuse.Of<DTypeException>(() => x.To(DType.I64).SelfAttention(2), "self_attention: elements must be floating-point numbers, but qkv is I64. Hint: convert with To."),
                Misuse.Of<ArgumentException>(() => x.SelfAttention(2, window: 0), "self_attention: the window must have at least one key, but it is 0."),
                Misuse.Of<ArgumentException>(() => x.SelfAttention(2, dropout: 0.5), "self_attention: dropout needs a stream of random numbers, but the dropout is 0.5 and random is null."),
                Misuse.Of<DTypeException>(() => x.SelfAttention(2, documents: Tensor.Zeros([2, 3])), "self_attention: the numbers of documents must be integers, but they are F32."),
                Misuse.Of<ShapeException>(() => x.SelfAttention(2, dropout: 0.5, random: random, documents: Tensor.Zeros([4, 3], DType.I64)), "self_attention: documents must give each key a number and broadcast to [2, 3], but they are [4, 3]."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds attention of packed tokens to tensors.</summary>
    public static class PackedAttentionSyntax
    {
        extension(Tensor qkv)
        {
            /// <summary>Attention of tokens to each other, from queries, keys and values side by side in one tensor: <c>y = softmax(scale·q·kᵀ)·v</c> in each head.</summary>
            /// <remarks>
            /// <para>Shapes: qkv [B, T, (H + 2·K)·D] → y [B, T, H·D]; any number of axes before the last two. The last axis of qkv, as one linear layer
            /// makes it, holds H heads of queries, then K heads of keys, then K heads of values, D numbers each; that of y holds what each of the H
            /// heads of queries found. Heads g·n … g·n + n − 1 of the n·K of queries share head g of the keys.</para>
            /// <para>The result is that of <see cref="ScaledDotProductAttentionSyntax"/> on the three parts, to the bit; nothing is split, transposed or
            /// copied for it, and the gradient is one tensor. A query that may look at no key gives zeros, and passes no gradient on.</para>
            /// <para>The [T, T] weights are never stored: memory grows with T. Saved are qkv, y, the documents, and one number a query and head.</para>
            /// <para>Source: Vaswani et al. 2017, eq. 1; Dao 2023 for the algorithm.</para>
            /// </remarks>
            /// <param name="heads">H, the heads of the queries.</param>
            /// <param name="keyHeads">K, the heads of the keys and of the values; H is a multiple. H when omitted.</param>
            /// <param name="isCausal">Token t sees the tokens 0 … t only.</param>
            /// <param name="scale">1/√D when omitted.</param>
            /// <param name="dropout">The probability of dropping a weight after the softmax, from 0 to 1; the weights are stored then.</param>
            /// <param name="random">The stream that decides what is dropped; it moves on.</param>
            /// <param name="window">Token i sees the tokens |i − j| &lt; window only: where causal, itself and the window − 1 before it. All when omitted.</param>
            /// <param name="alibi">Takes slope·|i − j| off the scores (ALiBi), a slope a head.</param>
            /// <param name="documents">The number of each token's document, integers that broadcast to [B, T]: a token sees those of its own document only.</param>
            /// <exception cref="ShapeException">qkv has no two axes, or its last cannot be cut into so many heads; the documents do not number the tokens.</exception>
            /// <exception cref="ArgumentException">The heads are not positive, or not a multiple of those of the keys; the window is not positive; the dropout is
            /// not from 0 to 1, or has no stream.</exception>
            /// <exception cref="DTypeException">qkv are not floating-point numbers, or the documents not integers.</exception>
            [NotInPyTorch("`scaled_dot_product_attention` on the parts of one tensor, as `flash_attn_qkvpacked_func` of flash-attn; any number of heads for keys.")]
            public Tensor SelfAttention(long heads, long? keyHeads = null, bool isCausal = false, double? scale = null, double dropout = 0, Generator? random = null, long? window = null, bool alibi = false, Tensor? documents = null)
            {
                if (dropout != 0 && random is null) throw new ArgumentException(FormattableString.Invariant($"{PackedHeads.Name}: dropout needs a stream of random numbers, but the dropout is {dropout} and random is null."));
                PackedHeads packed = new(heads, keyHeads ?? heads);
                var reach = new AttentionReach(isCausal, 0, window, alibi);
                double factor = scale ?? 1 / Math.Sqrt(Math.Max(packed.Depth(qkv), 1));
                if (dropout == 0)
                {
                    var op = new PackedAttention(packed.Queries, packed.Keys, factor, reach, documents is not null);
                    return op.ApplyAll(documents is null ? [qkv] : [qkv, documents])[0];
                }

                packed.Check(qkv, documents, reach);
                Tensor[] x = packed.Split(qkv);
                return PackedHeads.Together(AttentionComposed.Apply(x[0], x[1], x[2], null, documents, reach, factor, dropout, random));
            }
        }
    }
}
