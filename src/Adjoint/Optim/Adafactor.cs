namespace Adjoint.Optim;

/// <summary>Steps scaled by a mean square that is kept as row and column means: the memory of <c>rows + columns</c> numbers for a matrix.</summary>
/// <remarks>
/// <para>With <c>β = 1 − t^decay</c> the means of g² over each row and each column move, <c>R ← βR + (1−β)·mean g²</c>, and
/// <c>V = R·C/mean R</c>; vectors keep V itself. The step <c>U = g/√V</c> is cut down to a root mean square of
/// <see cref="ClipThreshold"/> and has the length <c>max(ε₂, rms w)·min(lr, 1/√t)</c>: relative to the weights.</para>
/// <para>State: two vectors a matrix (or a stack of them), one tensor otherwise. Source: Shazeer and Stern 2018, algorithm 5.</para>
/// </remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.Adafactor", Differs = "`beta2_decay` is `Decay`, `eps` are `Epsilon` and `LeastScale`, `d` is `ClipThreshold`.")]
public sealed class Adafactor(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2, double weightDecay = 0) : Optimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Adafactor(IEnumerable{ParameterGroup}, double, double)"/>
    public Adafactor(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>The exponent with which the mean square moves ever more slowly; negative.</summary>
    public double Decay { get; init; } = -0.8;

    /// <summary>ε₁: what keeps divisions away from zero; the precision of the element type when null.</summary>
    public double? Epsilon { get; init; }

    /// <summary>ε₂: the least root mean square a parameter is taken to have.</summary>
    public double LeastScale { get; init; } = 1e-3;

    /// <summary>The largest root mean square of a step before its length is applied.</summary>
    public double ClipThreshold { get; init; } = 1;

    /// <inheritdoc/>
    protected internal override (string Name, Shape Shape)[] StatesOf(Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        Shape shape = parameter.Shape;
        return shape.Rank < 2 ? [("square", shape)] : [("rows", shape.With(shape.Rank - 1, 1)), ("columns", shape.With(shape.Rank - 2, 1))];
    }

    /// <inheritdoc/>
    protected internal override void Update(ReadOnlySpan<Slot> slots)
    {
        using NoGrad off = NoGrad.Scope();
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.Grad is not { } raw || raw.Elements == 0) continue;
            using Scope scope = Scope.Begin("adafactor");
            Prepare(slot);
            double step = ++slot.Steps, rate = slot.Group.LearningRate;
            double epsilon = Epsilon ?? (slot.StateType == DType.F64 ? Math.ScaleB(1, -52) : Math.ScaleB(1, -23));
            Tensor w = slot.Parameter.To(slot.StateType), g = raw.To(slot.StateType);
            double length = Math.Max(LeastScale, RootMeanSquare(w)) * Math.Min(rate, 1 / Math.Sqrt(step));
            Tensor update = g * MeanSquare(slot.Tensors, g.Square(), Math.Pow(step, Decay), epsilon).Clamp(epsilon * epsilon, double.PositiveInfinity).Rsqrt();
            double cut = Math.Max(1, RootMeanSquare(update) / ClipThreshold);
            slot.Parameter.CopyFrom(((1 - (rate * slot.Group.WeightDecay)) * w) - (length / cut * update));
        }
    }

    /// <summary>Moves the states and gives V.</summary>
    static Tensor MeanSquare(Tensor[] states, Tensor square, double pace, double epsilon)
    {
        if (states.Length == 1)
        {
            states[0].CopyFrom(((1 - pace) * states[0]) + (pace * square));
            return states[0];
        }

        for (int i = 0; i < 2; i++) states[i].CopyFrom(((1 - pace) * states[i]) + (pace * square.Mean(-1 - i, keepDim: true)));
        return states[0] * states[1] / states[0].Mean(-2, keepDim: true).Clamp(epsilon, double.PositiveInfinity);
    }

    static double RootMeanSquare(Tensor x) => Math.Sqrt(x.Square().Mean().Item());
}
