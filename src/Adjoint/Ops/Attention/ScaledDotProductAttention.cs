namespace Adjoint.Ops
{
    /// <summary>What attention's scores are combined with.</summary>
    public enum AttentionBias
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>Numbers that are added.</summary>
        Numbers,

        /// <summary>Bool, true where a query may look at a key.</summary>
        Mask,
    }

    /// <summary>Attention: <c>y = softmax(scale·q·kᵀ + bias)·v</c>, made block by block, so that memory grows with T and not with T·S.</summary>
    /// <remarks>
    /// Inputs: q [..., H, T, D], k [..., keyHeads, S, D], v [..., keyHeads, S, E]; the bias where given, which broadcasts to
    /// [..., H, T, S] and is a constant here; the numbers of documents where given, integers that broadcast to [..., S]. Saves q, k, v,
    /// the bias, the numbers, y, and one number a query. Halves are computed in F32. The cost counts pairs that <see cref="Reach"/> lets
    /// through, whatever the documents. Source: Vaswani et al. 2017, eq. 1; Dao 2023 for the algorithm.
    /// </remarks>
    /// <param name="Scale">What scores are multiplied by.</param>
    /// <param name="Reach">Which keys are seen by their place, and what the way to them costs.</param>
    /// <param name="Bias">What a fourth input is.</param>
    /// <param name="HasDocuments">Whether a last input numbers the document of each key; queries see those of their own only.</param>
    [GradientRule("y = p·v, p = softmax(s·q·kᵀ + bias)", "dv = pᵀ·dy", "dq = s·dp·k, dp = p · (dy·vᵀ − Σ dy·y)", "dk = s·dpᵀ·q")]
    public sealed record ScaledDotProductAttention(double Scale, AttentionReach Reach, AttentionBias Bias, bool HasDocuments = false) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Low;

        bool Biased => Bias != AttentionBias.None;

        int Terms => (Biased ? 1 : 0) + (HasDocuments ? 1 : 0);

        /// <inheritdoc/>
        public override int OutputCount => 2;

        /// <summary>log₂ of each query's sum of weights.</summary>
        public override int HiddenOutputs => 1;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            AttentionShapes.Of(inputs[0], inputs[1], inputs[2], Biased ? inputs[3] : null, HasDocuments ? inputs[^1] : null, Reach);
            Shape q = inputs[0].Shape;
            DType type = inputs[0].DType.Promote(inputs[1].DType).Promote(inputs[2].DType);
            outputs[0] = new(q.With(q.Rank - 1, inputs[2].Shape[^1]), type);
            outputs[1] = new(q.Without(q.Rank - 1), type.ComputeType());
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => AttentionShapes.Scores(inputs[0], inputs[1], Reach) * 2 * (inputs[0].Shape[^1] + inputs[2].Shape[^1]);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            if (outputs[1].DType == DType.F64) new AttentionCall<double>(inputs, Biased, HasDocuments, Scale, Reach).Forward(outputs[0], outputs[1]);
            else new AttentionCall<float>(inputs, Biased, HasDocuments, Scale, Reach).Forward(outputs[0], outputs[1]);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => AttentionShapes.OfItems(x, this, first: 0, count: 3, Biased, HasDocuments);

        /// <inheritdoc/>
        protected internal override Saves Needs(int input)
        {
            Saves saves = Saves.Input(0) | Saves.Input(1) | Saves.Input(2) | Saves.Output(0) | Saves.Output(1);
            for (int i = 3; i < 3 + Terms; i++) saves |= Saves.Input(i);
            return saves;
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
        {
            if (Biased && dy.IsNeeded(3)) throw new GraphException($"{Name}: the operation's bias is a constant, but it requires a gradient. Hint: q.ScaledDotProductAttention composes the attention where the bias is learned.");
            Tensor[] values = [dy.Gradient, dy.Input(0), dy.Input(1), dy.Input(2), dy.Output(0), dy.Output(1), .. Enumerable.Range(3, Terms).Select(dy.Input)];
            new ScaledDotProductAttentionBackward(Scale, Reach, Bias, HasDocuments).ApplyAll(values).CopyTo(dx!);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [AttentionReference.Of(this, inputs).Y];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(params ReadOnlySpan<long> shape) => random.Normal(Shape.Create(shape), dtype: DType.F64);
            Tensor someHidden = random.Normal([1, 2, 5, 4], dtype: DType.F64);
            someHidden.AsWritableSpan<double>()[1] = double.NegativeInfinity;
            yield return new(new ScaledDotProductAttention(0.5, AttentionReach.All, AttentionBias.None), Draw(2, 3, 4, 5), Draw(2, 3, 7, 5), Draw(2, 3, 7, 6)) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(-0.7, AttentionReach.Causal, AttentionBias.None), Draw(1, 2, 9, 4), Draw(1, 2, 9, 4), Draw(1, 2, 9, 3)) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.5, AttentionReach.Causal, AttentionBias.None), Draw(3, 2), Draw(5, 2), Draw(5, 2)) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.4, AttentionReach.All, AttentionBias.Numbers), Draw(2, 4, 5, 3), Draw(2, 2, 4, 3), Draw(2, 2, 4, 1), Draw(2, 4, 5, 4)) { Constant = [3], Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(1, AttentionReach.Causal, AttentionBias.Numbers), Draw(2, 2, 5, 3), Draw(2, 1, 4, 3), Draw(2, 1, 4, 2), someHidden) { Constant = [3], Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(1, AttentionReach.All, AttentionBias.Mask), Draw(2, 3, 3), Draw(2, 4, 3), Draw(2, 4, 2), Tensor.From([true, false, true, true])) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(1, AttentionReach.All, AttentionBias.Mask), Draw(1, 2, 2), Draw(1, 3, 2), Draw(1, 3, 2), Tensor.From([true, false, true, false, false, false], [2, 3])) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(1, AttentionReach.All, AttentionBias.None), Draw(2, 1, 2, 2), Draw(2, 1, 0, 2), Draw(2, 1, 0, 3));
            // Queries that go on after keys of a cache: a piece of several, and one beyond the last key.
            yield return new(new ScaledDotProductAttention(0.6, new(true, 4), AttentionBias.None), Draw(2, 4, 3, 4), Draw(2, 2, 7, 4), Draw(2, 2, 7, 3)) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.6, new(true, 3), AttentionBias.Numbers), Draw(1, 2, 5, 3), Draw(1, 2, 4, 3), Draw(1, 2, 4, 2), Draw(5, 4)) { Constant = [3], Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.3, new(true, 40), AttentionBias.None), Draw(1, 1, 101, 3), Draw(1, 1, 141, 3), Draw(1, 1, 141, 2)) { Tolerance = 2e-5 };
            // More queries and keys than a block has, and neither a multiple.
            yield return new(new ScaledDotProductAttention(0.3, AttentionReach.Causal, AttentionBias.None), Draw(1, 1, 101, 3), Draw(1, 1, 131, 3), Draw(1, 1, 131, 2)) { Tolerance = 2e-5 };
            // A window that leaves whole blocks behind, and one that also ends ahead; a query whose window lies beyond the keys.
            yield return new(new ScaledDotProductAttention(0.3, new(true, 0, 30), AttentionBias.None), Draw(1, 1, 230, 3), Draw(1, 1, 230, 3), Draw(1, 1, 230, 2)) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.5, new(false, 1, 2, true), AttentionBias.None), Draw(2, 6, 3, 4), Draw(2, 3, 5, 4), Draw(2, 3, 5, 3)) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.5, new(true, 3, 2, true), AttentionBias.Numbers), Draw(3, 4, 4), Draw(3, 4, 4), Draw(3, 4, 3), Draw(4, 4)) { Constant = [3], Tolerance = 2e-5 };
            // Documents: in order, in none, and of each row its own.
            yield return new(new ScaledDotProductAttention(0.5, AttentionReach.All, AttentionBias.None, true), Draw(1, 2, 5, 4), Draw(1, 2, 5, 4), Draw(1, 2, 5, 3), Tensor.From([3L, 3, 5, 3, 5])) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.5, new(true, 2, 3, true), AttentionBias.Mask, true), Draw(2, 2, 3, 4), Draw(2, 1, 5, 4), Draw(2, 1, 5, 3), Tensor.From([true, true, true, false, true]), Tensor.From([1L, 1, 1, 2, 2, 0, 0, 7, 7, 7], [2, 5])) { Tolerance = 2e-5 };
            yield return new(new ScaledDotProductAttention(0.5, new(true, 0, null, true), AttentionBias.None, true), Draw(7, 4), Draw(7, 4), Draw(7, 3), Tensor.From([1, 1, 1, 2, 2, 2, 2])) { Tolerance = 2e-5 };
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([2, 4, 3, 5]);
            return
            [
                Misuse.Of<ShapeException>(() => x.ScaledDotProductAttention(Tensor.Zeros([2, 4, 3, 6]), x), "scaled_dot_product_attention: q and k must have the same last axis, but q is [2, 4, 3, 5] and k is [2, 4, 3, 6]."),
                Misuse.Of<ShapeException>(() => x.ScaledDotProductAttention(x, Tensor.Zeros([2, 4, 7, 5])), "scaled_dot_product_attention: k and v must agree in all axes but the last, but k is [2, 4, 3, 5] and v is [2, 4, 7, 5]."),
                Misuse.Of<ShapeException>(() => x.ScaledDotProductAttention(x, x, Tensor.Zeros([3, 2])), "scaled_dot_product_attention: the bias must broadcast to the scores, but the bias is [3, 2] and the scores are [2, 4, 3, 3]."),
                Misuse.Of<ArgumentException>(() => x.ScaledDotProductAttention(x, x, isCausal: true, position: -1), "scaled_dot_product_attention: the position of the first query must not be negative, but it is -1."),
                Misuse.Of<ArgumentException>(() => x.ScaledDotProductAttention(x, x, window: 0), "scaled_dot_product_attention: the window must have at least one key, but it is 0."),
                Misuse.Of<DTypeException>(() => x.ScaledDotProductAttention(x, x, documents: Tensor.Zeros([2, 3])), "scaled_dot_product_attention: the numbers of documents must be integers, but they are F32."),
                Misuse.Of<ShapeException>(() => x.ScaledDotProductAttention(x, x, documents: Tensor.Zeros([4, 3], DType.I64)), "scaled_dot_product_attention: documents must give each key a number and broadcast to [2, 3], but they are [4, 3]."),
                Misuse.Of<ShapeException>(() => x.ScaledDotProductAttention(x, x, position: 1, documents: Tensor.Zeros([2, 3], DType.I64)), "scaled_dot_product_attention: where there are documents, every query must have a key of its own, but the queries are 3 from position 1 on, and the keys are 3."),
            ];
        }
    }
}

namespace Adjoint
{
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
            /// <para>The [T, S] weights are never stored: memory grows with T. Where the bias requires a gradient they are, because its
            /// gradient is as large. Window, slopes and documents need no tensor of T·S, and what lies outside the window costs nothing.</para>
            /// <para>Source: Vaswani et al. 2017, eq. 1; Dao 2023 for the algorithm; Ainslie et al. 2023 for grouped heads; Beltagy et al. 2020, §3.1, for
            /// windows; Press et al. 2022, §3, for ALiBi.</para>
            /// </remarks>
            /// <param name="k">The keys.</param>
            /// <param name="v">The values.</param>
            /// <param name="bias">Added before the softmax; or Bool, true where a query may look at a key. Broadcasts to [B, H, T, S].</param>
            /// <param name="isCausal">Query t sees the keys 0 … position + t only; may be combined with a bias.</param>
            /// <param name="scale">1/√D when omitted.</param>
            /// <param name="dropout">The probability of dropping a weight after the softmax, from 0 to 1; the weights are stored then.</param>
            /// <param name="random">The stream that decides what is dropped; it moves on.</param>
            /// <param name="position">The position of the first query: the number of keys before its own, as those of a cache. Query t is at place i = position + t.</param>
            /// <param name="window">A query sees the keys |i − j| &lt; window only: where causal, its own and the window − 1 before it. All when omitted.</param>
            /// <param name="alibi">Takes slope·|i − j| off the scores (ALiBi), the slopes of H heads being 2^(−8/H), its square and so on; of heads beyond a
            /// power of two, every second slope of twice as many.</param>
            /// <param name="documents">The number of each key's document, integers that broadcast to [B, S]: a query sees keys of its own document only, that of the
            /// key at its place. Rows of several texts are so kept apart; where keys and queries lie in blocks of other documents, nothing is computed.</param>
            /// <exception cref="ShapeException">The shapes do not fit; the message says which.</exception>
            /// <exception cref="ArgumentException">The dropout is not from 0 to 1, or has no stream; the position is negative, or the window not positive.</exception>
            /// <exception cref="DTypeException">q, k or v are not floating-point numbers, the bias is neither that nor Bool, or the documents are not integers.</exception>
            [PyTorch("torch.nn.functional.scaled_dot_product_attention", Differs = "`attn_mask` is `bias`, floats or Bool (true: may look); it may be combined with `isCausal`. Grouped heads need no `enable_gqa`. Queries that may look at nothing give zeros. Dropout takes a generator. `position` is where queries begin among the keys; `window`, `alibi` and `documents` do what `flex_attention` is given functions for.")]
            public Tensor ScaledDotProductAttention(Tensor k, Tensor v, Tensor? bias = null, bool isCausal = false, double? scale = null, double dropout = 0, Generator? random = null, long position = 0, long? window = null, bool alibi = false, Tensor? documents = null)
            {
                ArgumentNullException.ThrowIfNull(k);
                ArgumentNullException.ThrowIfNull(v);
                if (dropout != 0 && random is null) throw new ArgumentException(FormattableString.Invariant($"scaled_dot_product_attention: dropout needs a stream of random numbers, but the dropout is {dropout} and random is null."));
                double factor = scale ?? 1 / Math.Sqrt(q.Rank == 0 ? 1 : Math.Max(q.Shape[^1], 1));
                var reach = new AttentionReach(isCausal, position, window, alibi);
                if (dropout != 0 || (bias is { RequiresGrad: true } && GradMode.IsRecording)) return AttentionComposed.Apply(q, k, v, bias, documents, reach, factor, dropout, random);
                AttentionBias kind = bias is null ? AttentionBias.None : bias.DType == DType.Bool ? AttentionBias.Mask : AttentionBias.Numbers;
                var op = new ScaledDotProductAttention(factor, reach, kind, documents is not null);
                if (documents is not null) return op.ApplyAll(bias is null ? [q, k, v, documents] : [q, k, v, bias, documents])[0];
                return op.ApplyAll(bias is null ? [q, k, v] : [q, k, v, bias])[0];
            }
        }
    }
}
