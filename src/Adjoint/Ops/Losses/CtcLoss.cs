namespace Adjoint.Ops
{
    /// <summary>Connectionist temporal classification of each sample: <c>−ln</c> of the probability that its steps say the target, blanks and repetitions left out.</summary>
    /// <remarks>
    /// Inputs: log-probabilities [T, B, V], labels [B, S], and of each sample the number of steps and of labels, [B]; the losses are [B].
    /// The gradient is that of log-probabilities that come out of a log-softmax. Saves the inputs. Half precision gives an F32 loss.
    /// Source: Graves, Fernández, Gomez and Schmidhuber 2006.
    /// </remarks>
    /// <param name="Blank">The symbol that says nothing.</param>
    /// <param name="ZeroInfinity">Whether a target that cannot be said in so few steps has loss 0 rather than ∞.</param>
    [GradientRule("L = −ln Σ over alignments of Π p", "dx[t, s] = (p[t, s] − the share of the alignments' probability that passes through s at t) · dL, x = ln p")]
    public sealed record CtcLoss(long Blank, bool ZeroInfinity) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Tensor x = inputs[0];
            x.MustBeFloat(Name);
            if (x.Rank != 3) throw new ShapeException($"{Name}: log-probabilities must be [T, B, V], but they are {x.Shape}.");
            if (Blank < 0 || Blank >= x.Shape[2]) throw new ArgumentOutOfRangeException(null, $"{Name}: the blank must be one of the symbols, but it is {Blank} and log-probabilities are {x.Shape}.");
            foreach (Tensor whole in inputs[1..])
                if (whole.DType is not (DType.I64 or DType.I32)) throw new DTypeException($"{Name}: targets and lengths must be I64 or I32, but one is {whole.DType}.");
            Shape batch = [x.Shape[1]];
            if (inputs[1].Rank != 2 || inputs[1].Shape[0] != batch[0]) throw new ShapeException($"{Name}: targets must be [B, S], but they are {inputs[1].Shape} and log-probabilities are {x.Shape}.");
            if (inputs[2].Shape != batch || inputs[3].Shape != batch) throw new ShapeException($"{Name}: there must be a length for each sample, but input lengths are {inputs[2].Shape}, target lengths are {inputs[3].Shape} and log-probabilities are {x.Shape}.");
            outputs[0] = new(batch, x.DType.ComputeType());
        }

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            if (outputs[0].DType == DType.F64) Forward<double>(inputs, outputs[0]);
            else Forward<float>(inputs, outputs[0]);
        }

        unsafe void Forward<T>(ReadOnlySpan<Tensor> inputs, Tensor loss) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            using var operands = new CtcOperands<T>(inputs[0], inputs[1], inputs[2], inputs[3], Blank, ZeroInfinity);
            Kernels.Losses.Ctc.Forward(operands.Batch, (T*)loss.Data);
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => input == 0 ? Saves.Input(0) | Saves.Input(1) | Saves.Input(2) | Saves.Input(3) : Saves.Nothing;

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            input == 0 ? new CtcLossBackward(Blank, ZeroInfinity).Apply(dy.Gradient, dy.Input(0), dy.Input(1), dy.Input(2), dy.Input(3)) : null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
        [
            Plain.Make([inputs[0].Shape[1]], index =>
            {
                double probability = CtcMeaning.Of(inputs, index[0], Blank).Probability;
                return probability == 0 && ZeroInfinity ? 0 : -Math.Log(probability);
            }),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            // Moving one log-probability alone leaves the log-softmax, for which the gradient is made; a test checks it through one.
            foreach ((Tensor[] inputs, long blank, bool zeroInfinity) in CtcMeaning.Cases(random))
                yield return new(new CtcLoss(blank, zeroInfinity), inputs) { Constant = [0], SecondOrder = false };
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            Tensor x = Tensor.Zeros([4, 2, 3]), targets = Tensor.Ones([2, 2], DType.I64), two = Tensor.Full([2], 2, DType.I64);
            return
            [
                Misuse.Of<ShapeException>(() => Tensor.Zeros([3]).CtcLoss(targets, two, two), "ctc_loss: log-probabilities must be [T, B, V], but they are [3]."),
                Misuse.Of<ShapeException>(() => x.CtcLoss(Tensor.Ones([3, 2], DType.I64), two, two), "ctc_loss: targets must be [B, S], but they are [3, 2] and log-probabilities are [4, 2, 3]."),
                Misuse.Of<ShapeException>(() => x.CtcLoss(Tensor.Ones([3], DType.I64), two, two), "ctc_loss: joined targets must have as many labels as the target lengths add up to, but they are [3] and the lengths add up to 4."),
                Misuse.Of<ShapeException>(() => x.CtcLoss(targets, Tensor.Ones([3], DType.I64), two), "ctc_loss: there must be a length for each sample, but input lengths are [3], target lengths are [2] and log-probabilities are [4, 2, 3]."),
                Misuse.Of<DTypeException>(() => x.CtcLoss(Tensor.Ones([2, 2]), two, two), "ctc_loss: targets and lengths must be I64 or I32, but one is F32."),
                Misuse.Of<ArgumentOutOfRangeException>(() => x.CtcLoss(targets, two, two, blank: 3), "ctc_loss: the blank must be one of the symbols, but it is 3 and log-probabilities are [4, 2, 3]."),
                Misuse.Of<ArgumentOutOfRangeException>(() => x.CtcLoss(targets, two, two, blank: 1), "ctc_loss: labels must be from 0 to 2 and not the blank, but the label at [0, 0] is 1 and the blank is 1."),
                Misuse.Of<ArgumentOutOfRangeException>(() => x.CtcLoss(targets, two * 3, two), "ctc_loss: input lengths must be from 0 to 4, but sample 0 has 6."),
                Misuse.Of<ArgumentOutOfRangeException>(() => x.CtcLoss(targets, two, two * 2), "ctc_loss: target lengths must be from 0 to 2, but sample 0 has 4."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.CtcLoss"/> to tensors.</summary>
    public static class CtcLossSyntax
    {
        extension(Tensor logProbabilities)
        {
            /// <summary>Connectionist temporal classification: <c>−ln</c> of the probability that the steps of a sample say its target, blanks and repetitions left out.</summary>
            /// <param name="targets">Labels (integers): [B, S], or those of all samples joined; behind a sample's last label anything may stand.</param>
            /// <param name="inputLengths">The number of steps of each sample, [B].</param>
            /// <param name="targetLengths">The number of labels of each sample, [B].</param>
            /// <param name="blank">The symbol that says nothing.</param>
            /// <param name="reduction">Each loss by itself, their sum, or the mean of each divided by its number of labels.</param>
            /// <param name="zeroInfinity">Whether a target that cannot be said in so few steps counts 0 rather than ∞.</param>
            /// <remarks>This tensor holds log-probabilities [T, B, V], as from <c>LogSoftmax(-1)</c>: for others the gradient is not meant. It can be differentiated once.</remarks>
            /// <exception cref="ShapeException">The shapes do not fit.</exception>
            /// <exception cref="DTypeException">The log-probabilities are no floating-point numbers, or targets and lengths no integers.</exception>
            /// <exception cref="ArgumentOutOfRangeException">The blank, a label or a length is out of its range.</exception>
            [PyTorch("torch.nn.functional.ctc_loss", "torch.nn.CTCLoss")]
            public Tensor CtcLoss(Tensor targets, Tensor inputLengths, Tensor targetLengths, long blank = 0, Reduction reduction = Reduction.Mean, bool zeroInfinity = false)
            {
                ArgumentNullException.ThrowIfNull(targets);
                ArgumentNullException.ThrowIfNull(inputLengths);
                ArgumentNullException.ThrowIfNull(targetLengths);
                Tensor rows = targets.Rank == 1 && targetLengths.Rank == 1 && !targets.DType.IsFloat && !targetLengths.DType.IsFloat ? Split(targets, targetLengths) : targets;
                Tensor each = new CtcLoss(blank, zeroInfinity).Apply(logProbabilities, rows, inputLengths, targetLengths);
                return Losses.Reduce(reduction == Reduction.Mean ? each / targetLengths.To(each.DType).Clamp(1) : each, reduction);
            }
        }

        static Tensor Split(Tensor joined, Tensor lengths)
        {
            long[] labels = joined.To(DType.I64).ToArray<long>(), counts = lengths.To(DType.I64).ToArray<long>();
            long most = counts.DefaultIfEmpty().Max(), at = 0;
            if (counts.Any(n => n < 0) || counts.Sum() != labels.Length)
                throw new ShapeException($"ctc_loss: joined targets must have as many labels as the target lengths add up to, but they are {joined.Shape} and the lengths add up to {counts.Sum()}.");
            long[] rows = new long[counts.Length * most];
            for (int b = 0; b < counts.Length; b++)
                for (long s = 0; s < counts[b]; s++) rows[(b * most) + s] = labels[at++];
            return Tensor.From(rows, [counts.Length, most]);
        }
    }
}
