namespace Adjoint.Optim;

/// <summary>Momentum made orthogonal, for matrices: <c>w ← (1 − lr·decay)·w − lr'·O</c>, O the nearest matrix to the momentum whose singular values are all about 1.</summary>
/// <remarks>
/// <para><c>m ← μm + (1−μ)g</c>; O comes from <c>μm + (1−μ)g</c> in Nesterov's form, from m without it, by a few steps of a
/// Newton–Schulz iteration, <c>X ← aX + (bA + cA²)X</c> with <c>A = XXᵀ</c>. Every direction of the matrix learns alike.</para>
/// <para>For the weights of hidden layers only: give embeddings, heads, biases and norms to <see cref="AdamW"/>. State: one tensor
/// a parameter. Source: Jordan et al. 2024; Liu et al. 2025 for <see cref="MatchAdam"/>.</para>
/// </remarks>
[PyTorch("torch.optim.Muon", Differs = "Matrices only, as in PyTorch. `adjust_lr_fn=\"match_rms_adamw\"` is `MatchAdam = true`.")]
public sealed class Muon : Optimizer
{
    /// <summary>Takes matrices.</summary>
    /// <param name="groups">Who is trained, and how.</param>
    /// <param name="learningRate">The learning rate of groups that bring none.</param>
    /// <param name="weightDecay">The weight decay of groups that bring none.</param>
    /// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
    /// <exception cref="ShapeException">A parameter is not a matrix.</exception>
    public Muon(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double weightDecay = 0.1) : base(groups, learningRate, weightDecay)
    {
        foreach (Tensor parameter in Parameters)
            if (parameter.Rank != 2) throw new ShapeException($"muon: parameters must be matrices, but {(parameter.Name is { } name ? $"'{name}'" : "one")} is {parameter.Shape}. Hint: train it with AdamW.");
    }

    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Muon(IEnumerable{ParameterGroup}, double, double)"/>
    public Muon(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double weightDecay = 0.1) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>μ: how slowly the mean of the gradient moves.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>Whether the step looks ahead along the momentum.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>The number of Newton–Schulz steps.</summary>
    public int Iterations { get; init; } = 5;

    /// <summary>The coefficients a, b, c of a Newton–Schulz step.</summary>
    public (double A, double B, double C) Coefficients { get; init; } = (3.4445, -4.775, 2.0315);

    /// <summary>What keeps the division by the norm away from zero.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Whether a step has the size that AdamW's usually has, lr' = 0.2·lr·√max(rows, columns), so that its learning rates fit; else lr' = lr·√max(1, rows/columns).</summary>
    public bool MatchAdam { get; init; }

    /// <inheritdoc/>
    protected internal override (string Name, Shape Shape)[] StatesOf(Tensor parameter) => [("momentum", parameter.Shape)];

    /// <inheritdoc/>
    protected internal override void Update(ReadOnlySpan<Slot> slots)
    {
        using NoGrad off = NoGrad.Scope();
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.Grad is not { } raw) continue;
            using Scope scope = Scope.Begin("muon");
            Prepare(slot);
            slot.Steps++;
            Tensor w = slot.Parameter, m = slot.Tensors[0], g = raw.To(slot.StateType);
            m.CopyFrom((Momentum * m) + ((1 - Momentum) * g));
            Tensor step = Orthogonal(Nesterov ? (Momentum * m) + ((1 - Momentum) * g) : m);
            double rows = w.Shape[0], columns = w.Shape[1], rate = slot.Group.LearningRate;
            double length = MatchAdam ? 0.2 * Math.Sqrt(Math.Max(rows, columns)) : Math.Sqrt(Math.Max(1, rows / columns));
            w.CopyFrom(((1 - (rate * slot.Group.WeightDecay)) * w.To(slot.StateType)) - (rate * length * step));
        }
    }

    /// <summary>The matrix with its singular values brought to about 1.</summary>
    Tensor Orthogonal(Tensor matrix)
    {
        // A is as small as the shorter side.
        bool tall = matrix.Shape[0] > matrix.Shape[1];
        Tensor x = tall ? matrix.T : matrix;
        x /= Math.Max(Math.Sqrt(x.Square().Sum().Item()), Epsilon);
        for (int i = 0; i < Iterations; i++)
        {
            Tensor a = x.MatMul(x.T);
            x = (Coefficients.A * x) + ((Coefficients.B * a) + (Coefficients.C * a.MatMul(a))).MatMul(x);
        }

        return tall ? x.T : x;
    }
}
