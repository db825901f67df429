namespace Adjoint.Optim;

/// <summary><see cref="Adam"/> with the weight decay apart from the gradient: <c>w ← (1 − lr·decay)·w − lr·m̂/(√v̂ + ε)</c>.</summary>
/// <remarks>Source: Loshchilov and Hutter 2019, algorithm 2, with the learning rate as the schedule multiplier.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.AdamW", Differs = "`betas` are `Beta1` and `Beta2`.")]
public sealed class AdamW(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double weightDecay = 0.01) : Adam(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="AdamW(IEnumerable{ParameterGroup}, double, double)"/>
    public AdamW(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double weightDecay = 0.01) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    private protected override bool IsDecoupled => true;
}
