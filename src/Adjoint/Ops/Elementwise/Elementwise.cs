using System.Collections.Concurrent;
using Adjoint.Kernels;
using Adjoint.Kernels.Formulas;

namespace Adjoint.Ops;

/// <summary>An operation on each element alone, given by one formula from which everything else is derived.</summary>
/// <remarks>
/// Inputs broadcast by the NumPy rule and are promoted to a common type; a formula that has no meaning on integers gives F32
/// for them. A formula with several outputs needs <see cref="Op.OutputCount"/> to say so. The gradient's formula decides what is saved: inputs, or the output where that is enough.
/// </remarks>
public abstract partial record Elementwise : Op
{
    // Settings are part of a record's value, so the value finds its formula. Settings that vary without end (a slope that
    // changes every step) must not fill the memory with kernels.
    const int MostPlans = 4096;
    static readonly ConcurrentDictionary<Elementwise, Derived> Plans = new();
    static int PlansCount;      // the dictionary's own count takes all its locks

    sealed record Derived(Formula Formula, GradientFormula[] Gradients)
    {
        public bool HasInfinity { get; } = Term.Ordered(Formula.Roots).Exists(t => t.IsConstant && double.IsInfinity(t.Value));

        public Formula? SlopeFromResult { get; } = Gradients is [{ Inputs: [], IsZero: false } only] && Formula.Outputs == 1
            ? new([only.Formula.Roots[0].With([.. only.Outputs.Select(Term.Input), .. only.Gradients.Select(_ => Term.Input(1))])], ["y", "dy"])
            : null;
    }

    /// <summary>What the operation does to one element.</summary>
    protected abstract Formula Rule { get; }

    /// <summary>The result's type, from the inputs' common type.</summary>
    protected virtual DType ResultType(DType promoted) => promoted;

    /// <summary>Whether whole numbers give whole numbers though the formula divides: it is computed in F64, exact up to 2⁵³, and rounded toward zero.</summary>
    protected virtual bool KeepsIntegers => false;

    /// <inheritdoc/>
    public sealed override bool MakesInfinities => Plan.HasInfinity;

    /// <summary>The gradient of the only input as a formula of y and dy, or null where it takes the input too.</summary>
    internal Formula? SlopeFromResult => Plan.SlopeFromResult;

    /// <summary>What it does to one element.</summary>
    internal Formula Meaning => Plan.Formula;

    /// <summary>What it does, in a loop over elements of a type.</summary>
    internal Kernel Loop(DType type, long count) => Plan.Formula.Kernel(type, 0, count);

    Derived Plan
    {
        get
        {
            if (Plans.TryGetValue(this, out Derived? plan)) return plan;
            if (Interlocked.Increment(ref PlansCount) > MostPlans)
            {
                Plans.Clear();
                PlansCount = 1;
            }

            Formula rule = Rule;
            if (rule.Outputs != OutputCount) throw new GraphException($"{Name}: OutputCount must be the number of the formula's outputs, but it is {OutputCount} and '{rule}' has {rule.Outputs}. Hint: override OutputCount.");
            var gradients = new GradientFormula[rule.Inputs];
            for (int i = 0; i < gradients.Length; i++) gradients[i] = rule.Vjp(i);
            return Plans.GetOrAdd(this, new Derived(rule, gradients));
        }
    }

    /// <inheritdoc/>
    protected internal sealed override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape shape = inputs[0].Shape;
        for (int i = 1; i < inputs.Length; i++)
        {
            shape = Shape.Broadcast(shape, inputs[i].Shape) ?? throw new ShapeException(
                $"{Name}: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are {string.Join(" and ", inputs.ToArray().Select(t => t.Shape))}.");
        }

        DType promoted = Promoted(inputs);
        for (int i = 0; i < outputs.Length; i++) outputs[i] = new(shape, ResultType(promoted));
    }

    /// <inheritdoc/>
    protected internal sealed override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Plan.Formula.Arithmetic * outputs[0].Shape.Elements;

    /// <inheritdoc/>
    protected internal sealed override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var operands = default(Operands);
        Span<Operand> from = ((Span<Operand>)operands)[..inputs.Length];
        for (int i = 0; i < from.Length; i++) from[i] = inputs[i].Operand;
        var results = default(Operands);
        Span<Operand> to = ((Span<Operand>)results)[..outputs.Length];
        for (int i = 0; i < to.Length; i++) to[i] = outputs[i].Operand;
        Kernels.Elementwise.Run(Plan.Formula, ComputeType(inputs), from, to);
    }

    /// <summary>The type the arithmetic is done in.</summary>
    protected virtual DType ComputeType(ReadOnlySpan<Tensor> inputs)
    {
        DType promoted = Promoted(inputs);
        return promoted.IsFloat || Plan.Formula.IsIntegral ? promoted.Compute : DType.F64;
    }

    /// <inheritdoc/>
    protected internal sealed override Tensor[]? Batch(BatchedInputs x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int rank = 0;
        for (int i = 0; i < x.Count; i++) rank = Math.Max(rank, x.Shape(i).Rank);
        return ApplyWithHidden([.. Enumerable.Range(0, x.Count).Select(i => x.Aligned(i, rank))]);
    }

    /// <inheritdoc/>
    protected internal sealed override Saves Needs(int input)
    {
        GradientFormula gradient = Plan.Gradients[input];
        Saves saves = Saves.Nothing;
        foreach (int i in gradient.Inputs) saves |= Saves.Input(i);
        foreach (int i in gradient.Outputs) saves |= Saves.Output(i);
        return saves;
    }

    /// <summary>Whether a slope that is 0 everywhere is given as zeros: a setting made it vanish, and the input counts as used.</summary>
    /// <remarks>A step, whose slope is always 0, has no gradient, so that an optimizer can name the parameters it cuts off.</remarks>
    private protected virtual bool GivesZeros => false;

    /// <inheritdoc/>
    protected internal sealed override Tensor? Vjp(Cotangents dy, int input)
    {
        GradientFormula gradient = Plan.Gradients[input];
        if (gradient.Formula.IsZero) return GivesZeros ? Tensor.Zeros(dy.InputShape(input), dy.InputType(input)) : null;
        if (gradient.Formula.IsIdentity) return dy.Of(gradient.Gradients[0]);
        var arguments = new List<Tensor>();
        foreach (int i in gradient.Inputs) arguments.Add(dy.Input(i));
        foreach (int i in gradient.Outputs) arguments.Add(dy.Output(i));
        foreach (int i in gradient.Gradients) arguments.Add(dy.Of(i));
        return new Map(gradient.Formula).Apply([.. arguments]);
    }

    /// <inheritdoc/>
    public sealed override Plain[] Reference(Plain[] inputs)
    {
        Shape shape = inputs.Select(x => x.Shape).Aggregate((a, b) => Shape.Broadcast(a, b)!);
        double[] arguments = new double[inputs.Length];
        Formula formula = Plan.Formula;
        return
        [
            .. Enumerable.Range(0, formula.Outputs).Select(output => Plain.Make(shape, index =>
            {
                for (int i = 0; i < arguments.Length; i++) arguments[i] = inputs[i][index];
                return formula.Evaluate(arguments)[output];
            })),
        ];
    }

    DType Promoted(ReadOnlySpan<Tensor> inputs)
    {
        DType? common = null;
        foreach (Tensor input in inputs)
            if (!input.IsConstant) common = common?.Promote(input.DType) ?? input.DType;
        DType promoted = common ?? inputs[0].DType;
        return promoted.IsFloat || Plan.Formula.IsIntegral || KeepsIntegers ? promoted : DType.F32;
    }

    [System.Runtime.CompilerServices.InlineArray(16)]
    struct Operands
    {
        Operand _first;
    }
}

/// <summary>A user's formula, or a derived one.</summary>
/// <param name="Formula">What is done to one element of each input.</param>
[NotInPyTorch("what x.Map and x.Zip are")]
public sealed record Map(Formula Formula) : Elementwise
{
    /// <inheritdoc/>
    public override int OutputCount => Formula.Outputs;

    /// <inheritdoc/>
    protected override Formula Rule => Formula;

    /// <inheritdoc/>
    public override string ToString() => $"map {{ {Formula} }}";
}
