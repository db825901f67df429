namespace Adjoint.Ops
{
    /// <summary>
    /// Cross-entropy between softmax(logits) and a target, over axis 1: with r the target's weights, <c>Σ r·(lse(x) − x)</c> a row.
    /// </summary>
    /// <remarks>
    /// Logits [N, C] or [N, C, d…]; target: labels [N, d…] in I64, or probabilities of the logits' shape; optionally class weights [C].
    /// The probabilities of the softmax are never stored: forward finds the logarithm of each row's denominator, and
    /// backward recomputes them from it. Saves logits, target and one number a row. Half precision gives an F32 loss.
    /// </remarks>
    /// <param name="Reduction">Mean, sum, or one loss a row.</param>
    /// <param name="LabelSmoothing">The part of the target that is spread evenly over all classes.</param>
    /// <param name="IgnoreIndex">The label of rows that do not count.</param>
    /// <param name="Weighted">Whether class weights are given.</param>
    [GradientRule("L = mean or sum over rows of Σ target·(lse(x) − x), lse(x) = ln Σ eˣ", "dx = (softmax(x) − target) · dL, divided by the number of rows where L is a mean")]
    public sealed record CrossEntropy(Reduction Reduction, double LabelSmoothing, long IgnoreIndex, bool Weighted) : Op, ISampled
    {
        /// <inheritdoc/>
        public override int OutputCount => 3;

        /// <summary>The rows' lse, and what a mean divides by.</summary>
        public override int HiddenOutputs => 2;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Tensor x = inputs[0], target = inputs[1];
            x.MustBeFloat(Name, "logits");
            if (x.Rank < 2) throw new ShapeException($"{Name}: logits must be [N, C] or [N, C, d…], but they are {x.Shape}. Hint: Unsqueeze(0) makes a batch of one.");
            Shape rows = x.Shape.Without(1);
            if (target.DType == DType.Bool) throw new DTypeException($"{Name}: the target must hold labels (integers) or probabilities (floating-point numbers), but it is Bool.");
            if ((target.DType.IsFloat ? x.Shape : rows) != target.Shape)
            {
                // What nearly everybody meant who is here: labels as floating-point numbers, and labels in a column.
                throw new ShapeException(target.DType.IsFloat
                    ? $"{Name}: class probabilities must have the shape of the logits, but logits are {x.Shape} and the target is {target.Shape} of type {target.DType}.{(target.Shape == rows ? " Hint: labels are integers; convert them with To(DType.I64)." : "")}"
                    : $"{Name}: labels must have the shape of the logits without the class axis, but logits are {x.Shape} and the target is {target.Shape}.{(target.Shape == rows.Insert(rows.Rank, 1) ? " Hint: drop the last axis with Squeeze(-1)." : "")}");
            }

            if (Weighted && (inputs[2].Rank != 1 || inputs[2].Elements != x.Shape[1])) throw new ShapeException($"{Name}: there must be one weight a class, but the weight is {inputs[2].Shape} and logits are {x.Shape}.");
            DType type = x.DType.ComputeType();
            outputs[0] = new(Reduction == Reduction.None ? rows : Shape.Scalar, type);
            outputs[1] = new(rows, type);
            outputs[2] = new(Shape.Scalar, type);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements * (inputs[1].DType.IsFloat ? 6 : 4);

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            double total = RowWeights.Total(Name, inputs[0], inputs[1], Weighted ? inputs[2] : null, IgnoreIndex, Reduction);
            Tensor each = Reduction == Reduction.None ? outputs[0] : Tensor.Allocate(outputs[1].Shape, outputs[1].DType);
            if (outputs[0].DType == DType.F64) Forward<double>(inputs, each, outputs[1]);
            else Forward<float>(inputs, each, outputs[1]);
            outputs[2].Fill(total);
            if (Reduction == Reduction.None) return;
            Tensor flat = each.Reshape(each.Elements);
            Kernels.Reduction.Reduce.Sum(flat.Operand, outputs[0].Reshape(1).Operand, total);
        }

        unsafe void Forward<T>(ReadOnlySpan<Tensor> inputs, Tensor each, Tensor lse)
        {
            using var rows = new TargetRows<T>(this, inputs[0], inputs[1], Weighted ? inputs[2] : null);
            Kernels.Normalization.CrossEntropy.Forward(rows.Logits, rows.Targets, (T*)each.Data, (T*)lse.Data, rows.Count);
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            if (x.Size == 0 || (Weighted && x.IsMapped(2)) || (Reduction == Reduction.Mean && x.Shape(1).Elements == 0)) return null;
            // The rows of all items are rows; what an item's mean divides by is its own.
            Tensor[] rows = (this with { Reduction = Reduction.None }).ApplyWithHidden(Weighted ? [x.Folded(0), x.Folded(1), x[2]] : [x.Folded(0), x.Folded(1)]);
            Tensor each = x.Unfolded(rows[0]), lse = x.Unfolded(rows[1]), total = Tensor.Ones([x.Size], lse.DType);
            if (Reduction == Reduction.None) return [each, lse, total];
            Tensor sum = each.Flatten(1).Sum(1);
            if (Reduction == Reduction.Sum) return [sum, lse, total];
            total = RowWeights.Totals(Name, x.All(1), x.Shape(0)[1], Weighted ? x[2] : null, IgnoreIndex).To(lse.DType);
            return [sum / total, lse, total];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input)
        {
            Saves common = Saves.Input(0) | Saves.Output(2) | (Weighted ? Saves.Input(2) : Saves.Nothing);
            return input == 0 ? common | Saves.Input(1) | Saves.Output(1) : common;
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input)
        {
            if (input == 2) throw new GraphException($"{Name}: class weights are constants here, but the weight requires a gradient. Hint: call Detach on it.");
            if (input == 1) return TargetSlope(dy);
            Tensor[] values = [dy.Gradient, dy.Input(0), dy.Input(1), dy.Output(1), dy.Output(2)];
            return new CrossEntropyBackward(this).Apply(Weighted ? [.. values, dy.Input(2)] : values);
        }

        /// <summary>The slope along target probabilities: −g·w·(1 − s)·ln softmax(x).</summary>
        Tensor TargetSlope(Cotangents dy)
        {
            Tensor slope = dy.Input(0).LogSoftmax(1) * (LabelSmoothing - 1) * RowGradient(dy.Gradient, dy.Output(2));
            return Weighted ? slope * ClassAxis(dy.Input(2), slope.Rank) : slope;
        }

        /// <summary>The loss' gradient as a factor that broadcasts to the logits.</summary>
        internal Tensor RowGradient(Tensor dy, Tensor total) => Reduction switch
        {
            Reduction.None => dy.Unsqueeze(1),
            Reduction.Mean => dy / total,
            _ => dy,
        };

        /// <summary>[C] as [C, 1…], to broadcast along axis 1 of a tensor of the rank.</summary>
        internal static Tensor ClassAxis(Tensor weight, int rank) => weight.Reshape([weight.Elements, .. Enumerable.Repeat(1L, rank - 2)]);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            (Plain each, double total) = CrossEntropyMeaning.Rows(this, inputs);
            return [Reduction == Reduction.None ? each : new(Shape.Scalar, [each.Values.Sum() / (Reduction == Reduction.Mean ? total : 1)])];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => CrossEntropyMeaning.Samples(random);

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4]).CrossEntropy(Tensor.Zeros([1], DType.I64)), "cross_entropy: logits must be [N, C] or [N, C, d…], but they are [4]. Hint: Unsqueeze(0) makes a batch of one."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 3]).CrossEntropy(Tensor.Zeros([3], DType.I64)), "cross_entropy: labels must have the shape of the logits without the class axis, but logits are [4, 3] and the target is [3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 3]).CrossEntropy(Tensor.Zeros([4])), "cross_entropy: class probabilities must have the shape of the logits, but logits are [4, 3] and the target is [4] of type F32. Hint: labels are integers; convert them with To(DType.I64)."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([4, 3]).CrossEntropy(Tensor.Zeros([4, 1], DType.I64)), "cross_entropy: labels must have the shape of the logits without the class axis, but logits are [4, 3] and the target is [4, 1]. Hint: drop the last axis with Squeeze(-1)."),
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From([0L, 3])), "cross_entropy: labels must be from 0 to 2, or -100 for rows to ignore, but the label at [1] is 3 and there are 3 classes."),
            Misuse.Of<ArgumentException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From([-100L, -100])), "cross_entropy: a mean needs at least one row that is not ignored, but all 2 labels are -100. Hint: skip such batches, or use Reduction.Sum."),
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From([0L, 1]), labelSmoothing: 1.5), "cross_entropy: labelSmoothing must be from 0 to 1, but it is 1.5."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.CrossEntropy"/> to tensors, as a loss.</summary>
    public static class CrossEntropySyntax
    {
        extension(Tensor logits)
        {
            /// <summary>Cross-entropy between softmax(logits) and the target, over axis 1: for a label t, <c>−ln softmax(logits)[t]</c>.</summary>
            /// <param name="target">Labels (I64, of the logits' shape without axis 1), or class probabilities (floating-point, of the logits' shape).</param>
            /// <param name="weight">A weight for each class, [C]; a mean then divides by the sum of the labels' weights.</param>
            /// <param name="labelSmoothing">The part of the target, from 0 to 1, that is spread evenly over all classes.</param>
            /// <param name="ignoreIndex">The label of rows that do not count.</param>
            /// <param name="reduction">The mean or the sum over all rows, or each by itself.</param>
            /// <remarks>Where no row counts, PyTorch's mean is NaN; here it is an error.</remarks>
            /// <exception cref="ShapeException">The target or the weight does not fit the logits.</exception>
            /// <exception cref="ArgumentOutOfRangeException">A label is no class, or the smoothing is not from 0 to 1.</exception>
            /// <exception cref="ArgumentException">Every row is ignored and the mean is asked for.</exception>
            [PyTorch("torch.nn.functional.cross_entropy", "torch.nn.CrossEntropyLoss", Differs = "Labels are I64 (or other whole numbers) and checked; a batch in which no row counts is an error instead of NaN. `labelSmoothing` and `ignoreIndex` come before `reduction`: name them.")]
            public Tensor CrossEntropy(Tensor target, Tensor? weight = null, double labelSmoothing = 0, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
            {
                ArgumentNullException.ThrowIfNull(target);
                if (!(labelSmoothing is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(null, FormattableString.Invariant($"cross_entropy: labelSmoothing must be from 0 to 1, but it is {labelSmoothing}."));
                var op = new CrossEntropy(reduction, labelSmoothing, ignoreIndex, weight is not null);
                Tensor loss = weight is null ? op.Apply(logits, target) : op.Apply(logits, target, weight);
                return Losses.Weighted(loss, reduction, () => RowWeights.Sum("cross_entropy", logits, target, weight, ignoreIndex).Total);
            }
        }
    }
}
