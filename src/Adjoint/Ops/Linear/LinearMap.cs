using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Kernels.Gemm;

namespace Adjoint.Ops
{
    /// <summary>An affine map of the last axis and a formula of what it gives, in one pass: <c>y = f(s, r₁, r₂ …), s = x·Wᵀ + b</c>.</summary>
    /// <remarks>
    /// Inputs: x [..., in], weight [out, in], bias [out] where there is one, and the formula's other inputs, each [..., out], [out], or a single
    /// number; y is [..., out]. The formula takes sums while they are in the cache: an activation, a residual or a scale reads and writes no tensor of
    /// its own. Saves x and the weight as <see cref="Linear"/> does, and what the formula's gradient is made of: y where that is enough, else s, which
    /// is stored beside y. In BF16-mixed precision s is BF16, rounded for the backward pass only, and y has the wider type of that and the other inputs.
    /// </remarks>
    /// <param name="Formula">f, one output; its first input is s.</param>
    /// <param name="Biased">Whether there is a bias.</param>
    /// <param name="Type">The type of s; the common one of x, the weight and the bias when omitted.</param>
    [GradientRule("y = f(s, r), s = x·Wᵀ + b", "dx = ds·W, ds = dy · ∂f/∂s", "dW = dsᵀ·x", "db = Σ ds over the rows", "dr = dy · ∂f/∂r")]
    [NotInPyTorch("what torch.compile makes of a linear layer and what follows it")]
    public sealed record LinearMap(Formula Formula, bool Biased, DType? Type = null) : Op, ISampled
    {
        // Formulas may be made without end; what is derived from one goes with it.
        static readonly ConditionalWeakTable<Formula, Derived> Plans = [];

        sealed record Derived(GradientFormula[] Gradients)
        {
            /// <summary>Whether the backward pass needs s.</summary>
            public bool KeepsSums { get; } = Gradients.Any(g => g.Inputs.Contains(0));
        }

        Derived Plan => Plans.GetValue(Formula, f => new([.. Enumerable.Range(0, f.Inputs).Select(i => f.Vjp(i))]));

        /// <summary>Where the formula's other inputs begin.</summary>
        int First => Biased ? 3 : 2;

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Low;

        internal override Op InPrecision(DType low) => Type is not null ? this : this with { Type = low };

        internal override bool KeepsType(int input, DType low) => input >= First || (input > 0 && low == DType.BF16);

        /// <inheritdoc/>
        public override int OutputCount => 1 + HiddenOutputs;

        /// <summary>s, where the backward pass needs it.</summary>
        public override int HiddenOutputs => Plan.KeepsSums ? 1 : 0;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            if (Formula.Outputs != 1) throw new GraphException($"{Name}: the formula must have one output, but '{Formula}' has {Formula.Outputs}.");
            if (inputs.Length - First != Formula.Inputs - 1) throw new GraphException($"{Name}: the formula must have an input for the sums and one for each other tensor, but '{Formula}' has {Formula.Inputs} and the other tensors are {inputs.Length - First}.");
            Spec sums = Linear.Sums(Name, inputs[..First], Type);
            DType type = sums.DType;
            foreach (Tensor other in inputs[First..])
            {
                if (!other.DType.IsFloat) throw new DTypeException($"{Name}: elements must be floating-point numbers, but one of the other tensors is {other.DType}. Hint: convert with To.");
                if (other.Elements != 1 && other.Shape != sums.Shape && !(other.Rank == 1 && other.Shape[0] == sums.Shape[^1]))
                    throw new ShapeException($"{Name}: other tensors must have the shape of the result, its last axis alone, or one element, but one is {other.Shape} and the result is {sums.Shape}.");
                if (!other.IsConstant) type = type.Promote(other.DType);
            }

            outputs[0] = sums with { DType = type };
            if (outputs.Length > 1) outputs[1] = sums;
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => outputs[0].Shape.Elements * ((2 * inputs[1].Shape[1]) + Formula.Arithmetic);

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            Tensor y = outputs[0];
            if (y.Elements == 0) return;
            using Scope scope = Scope.Begin(Name);
            DType compute = y.DType.Promote(inputs[0].DType).Promote(inputs[1].DType).Compute;
            Formula formula = outputs.Length == 1 ? Formula : new([Formula.Roots[0], Kernels.Formulas.Term.Input(0)], Formula.Names);

            int others = formula.Inputs - 1, all = formula.Inputs + outputs.Length;
            long columns = y.Shape[^1];
            Kernels.Elementwise.Slot* slots = stackalloc Kernels.Elementwise.Slot[all];
            double* numbers = stackalloc double[others];
            Tensor[] held = new Tensor[others];
            slots[0] = new() { DType = compute, Bytes = compute.Bytes, Native = true };
            for (int i = 0; i < others; i++)
            {
                Tensor other = held[i] = inputs[First + i].Packed(inputs[First + i].DType);
                slots[1 + i] = Slot(other, other.Shape == y.Shape ? columns : 0);
                if (other.Elements != 1) continue;
                Kernels.Elementwise.ToCompute(compute, other.DType, other.Data, numbers + i);
                slots[1 + i] = new() { Data = (byte*)(numbers + i), DType = compute, Bytes = compute.Bytes, Native = true, Scalar = true };
            }

            for (int i = 0; i < outputs.Length; i++) slots[formula.Inputs + i] = Slot(outputs[i], columns);
            Epilogue after = new(formula, compute, slots, y.Elements);
            // Where sums are not made in one go, they are in the memory of a result meanwhile, if it can hold them.
            Linear.Product(inputs[..First], y, outputs[^1].DType == compute ? outputs[^1].Data : y.DType == compute ? y.Data : null, compute, &after);
            GC.KeepAlive(held);

            Kernels.Elementwise.Slot Slot(Tensor x, long rowStride) => new() { Data = (byte*)x.Data, DType = x.DType, Bytes = x.DType.Bytes, Native = x.DType == compute, RowStride = rowStride };
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x)
        {
            Tensor sums = new Linear(Type).Batch(x.First(First))![0];
            int rank = sums.Rank - 1;
            Tensor y = new Map(Formula).Apply([sums, .. Enumerable.Range(First, x.Count - First).Select(i => x.Aligned(i, rank))]);
            return Plan.KeepsSums ? [y, sums] : [y];
        }

        /// <inheritdoc/>
        protected internal override Saves Needs(int input)
        {
            Saves saves = SavesOf(Plan.Gradients[input < First ? 0 : input - First + 1]);
            return input < 2 ? saves | Saves.Input(1 - input) : saves;
        }

        Saves SavesOf(GradientFormula gradient)
        {
            Saves saves = Saves.Nothing;
            foreach (int i in gradient.Inputs) saves |= i == 0 ? Saves.Output(1) : Saves.Input(First + i - 1);
            foreach (int i in gradient.Outputs) saves |= Saves.Output(i);
            return saves;
        }

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
        {
            GradientFormula[] gradients = Plan.Gradients;
            for (int i = 1; i < gradients.Length; i++) if (dy.IsNeeded(First + i - 1)) dx[First + i - 1] = Slope(dy, gradients[i]);
            if (!dy.IsNeeded(0) && !dy.IsNeeded(1) && !(Biased && dy.IsNeeded(2))) return;
            Tensor? slope = dy.Has(0) ? Slope(dy, gradients[0]) : null;
            // Where gradients are differentiated, s is used by them too.
            if (Plan.KeepsSums && dy.Has(1)) slope = slope is null ? dy.Of(1) : slope + dy.Of(1);
            if (slope is null) return;
            if (dy.IsNeeded(0)) dx[0] = Linear.SlopeOfRows(slope, dy.Input(1), dy.InputType(0));
            if (dy.IsNeeded(1)) dx[1] = Linear.SlopeOfWeight(slope, dy.Input(0), dy.InputType(1));
            if (Biased && dy.IsNeeded(2)) dx[2] = slope;
        }

        Tensor? Slope(Cotangents dy, GradientFormula gradient)
        {
            if (gradient.IsZero) return null;
            if (gradient.Formula.IsIdentity) return dy.Gradient;
            var arguments = new List<Tensor>();
            foreach (int i in gradient.Inputs) arguments.Add(i == 0 ? dy.Output(1) : dy.Input(First + i - 1));
            foreach (int i in gradient.Outputs) arguments.Add(dy.Output(i));
            if (gradient.Gradients.Count > 0) arguments.Add(dy.Gradient);
            return new Map(gradient.Formula).Apply([.. arguments]);
        }

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs)
        {
            Plain sums = Linear.Instance.Reference(inputs[..First])[0];
            Plain y = Plain.Make(sums.Shape, index => Formula.Evaluate([sums[index], .. inputs[First..].Select(r => r.Values.Length == 1 ? r.Values[0] : r.Shape == sums.Shape ? r[index] : r.Values[index[^1]])])[0]);
            return Plan.KeepsSums ? [y, sums] : [y];
        }

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(params ReadOnlySpan<long> shape) => random.Normal(Shape.Create(shape), dtype: DType.F64);
            Formula residual = Formula.Of((s, r) => s + r), gelu = Formula.Of(s => Vocabulary.GeluTanh(s)), tanh = Formula.Of(s => Math.Tanh(s));
            Formula all = Formula.Of((s, r, row, scale) => (s * scale * r) + row + (s * s));
            yield return new(new LinearMap(residual, true), Draw(2, 3, 4), Draw(5, 4), Draw(5), Draw(2, 3, 5));
            yield return new(new LinearMap(residual, false), Draw(6, 4), Draw(1, 4), Draw(1));
            yield return new(new LinearMap(gelu, true), Draw(37, 4), Draw(33, 4), Draw(33)) { Tolerance = 1e-5 };
            yield return new(new LinearMap(tanh, false), Draw(4), Draw(5, 4)) { Tolerance = 1e-5 };
            yield return new(new LinearMap(all, true), Draw(2, 3, 4), Draw(5, 4), Draw(5), Draw(2, 3, 5), Draw(5), Draw(1)) { Tolerance = 1e-5 };
            yield return new(new LinearMap(tanh, true), Draw(0, 4), Draw(5, 4), Draw(5));
            yield return new(new LinearMap(residual, true), Draw(3, 0), Draw(5, 0), Draw(5), Draw(3, 5));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random)
        {
            (Tensor x, Tensor weight) = (Tensor.Zeros([2, 3]), Tensor.Zeros([4, 3]));
            Formula residual = Formula.Of((s, r) => s + r);
            return
            [
                Misuse.Of<ShapeException>(() => x.LinearMap(Tensor.Zeros([4, 5]), null, residual, x), "linear_map: the last axis of x must equal the columns of weight, but x is [2, 3] and weight is [4, 5]."),
                Misuse.Of<ShapeException>(() => x.LinearMap(weight, null, residual, Tensor.Zeros([2, 3])), "linear_map: other tensors must have the shape of the result, its last axis alone, or one element, but one is [2, 3] and the result is [2, 4]."),
                Misuse.Of<DTypeException>(() => x.LinearMap(weight, null, residual, Tensor.Zeros([2, 4], DType.I64)), "linear_map: elements must be floating-point numbers, but one of the other tensors is I64. Hint: convert with To."),
                Misuse.Of<GraphException>(() => x.LinearMap(weight, null, residual), "linear_map: the formula must have an input for the sums and one for each other tensor, but 's + r' has 2 and the other tensors are 0."),
                Misuse.Of<GraphException>(() => x.LinearMap(weight, null, Formula.Of(s => new[] { s, -s })), "linear_map: the formula must have one output, but 's, -s' has 2."),
            ];
        }
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.LinearMap"/> to tensors.</summary>
    public static class LinearMapSyntax
    {
        extension(Tensor x)
        {
            /// <summary>An affine map of the last axis and a formula of what it gives, in one pass: <c>y = f(x·Wᵀ + b, others…)</c>.</summary>
            /// <example><code>Tensor y = h.LinearMap(weight, bias, Formula.Of((s, r) => s + r), residual);</code></example>
            /// <inheritdoc cref="Ops.LinearMap" path="/remarks"/>
            /// <param name="weight">[out, in].</param>
            /// <param name="bias">[out], or none.</param>
            /// <param name="formula">f, one output; its first input is the sum, then an input for each other tensor.</param>
            /// <param name="others">Tensors of the result's shape, of its last axis alone, or of one element.</param>
            /// <exception cref="ShapeException">The last axis of x, the weight, the bias and the other tensors do not fit.</exception>
            /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
            /// <exception cref="GraphException">The formula has not one output, or not an input for the sum and one for each other tensor.</exception>
            [NotInPyTorch("what torch.compile makes of a linear layer and what follows it")]
            public Tensor LinearMap(Tensor weight, Tensor? bias, Formula formula, params ReadOnlySpan<Tensor> others)
            {
                ArgumentNullException.ThrowIfNull(weight);
                ArgumentNullException.ThrowIfNull(formula);
                return new Ops.LinearMap(formula, bias is not null).ApplyAll(bias is null ? [x, weight, .. others] : [x, weight, bias, .. others])[0];
            }
        }
    }
}
