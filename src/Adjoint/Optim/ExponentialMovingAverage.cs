using Adjoint.Kernels;
using Adjoint.Nn;

namespace Adjoint.Optim;

/// <summary>An average of a model's weights over the last steps, which often scores better than the weights themselves: <c>a ← d·a + (1 − d)·w</c> after each step.</summary>
/// <remarks>
/// Averages begin as copies of the weights. With <see cref="WarmUp"/> the decay of update n (from 1) is <c>min(d, (1 + n)/(10 + n))</c>, so that the first, random weights are soon
/// forgotten. Averaged are parameters, in their own element type; buffers such as running statistics stay the model's. Memory: the parameters once more, and twice while <see cref="Use"/> lasts.
/// Source: Polyak and Juditsky 1992; Tarvainen and Valpola 2017 for its use in deep learning.
/// </remarks>
/// <example><code>
/// var average = new ExponentialMovingAverage(model, 0.999);
/// optimizer.Step();
/// average.Update();
/// using (average.Use()) Evaluate(model);      // the model has the averaged weights here
/// </code></example>
[PyTorch("torch.optim.swa_utils.AveragedModel", "torch.optim.swa_utils.get_ema_multi_avg_fn", Differs = "No second model: `Use` lends the model the averaged weights. Starts from the weights, not from the first update.")]
public sealed class ExponentialMovingAverage
{
    static readonly Formula Follow = Formula.Of((average, weight, part) => average + (part * (weight - average)));

    readonly (string Name, Tensor Weight, Tensor Average)[] _pairs;
    bool _isLent;

    /// <summary>Begins with the weights as they are.</summary>
    /// <param name="model">Whose parameters are averaged, frozen ones too.</param>
    /// <param name="decay">How much of the average stays, from 0 to below 1; 0.999 remembers about the last thousand steps.</param>
    /// <exception cref="ArgumentException">The decay is not from 0 to below 1.</exception>
    public ExponentialMovingAverage(Module model, double decay = 0.999)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(decay is >= 0 and < 1)) throw new ArgumentException(FormattableString.Invariant($"moving average: the decay must be from 0 to below 1, but it is {decay}."));
        Decay = decay;
        using NoGrad off = NoGrad.Scope();
        _pairs = [.. model.NamedParameters().Select(p => (p.Name, p.Tensor, p.Tensor.Detach().Copy().AsBuffer()))];
    }

    /// <summary>How much of the average stays at an update.</summary>
    public double Decay { get; }

    /// <summary>Whether the first updates forget more.</summary>
    public bool WarmUp { get; init; }

    /// <summary>How often <see cref="Update"/> was called.</summary>
    public long Updates { get; private set; }

    /// <summary>Moves the averages towards the weights; once after each step of the optimizer.</summary>
    /// <exception cref="GraphException">The model has the averages at the moment: see <see cref="Use"/>.</exception>
    public unsafe void Update()
    {
        if (_isLent) throw new GraphException("moving average: averages follow the weights, but the model has the averages themselves now. Hint: dispose of what Use() returned first.");
        Updates++;
        double decay = WarmUp ? Math.Min(Decay, (1.0 + Updates) / (10.0 + Updates)) : Decay, part = 1 - decay;
        var scalar = new Operand { Data = &part, DType = DType.F64, Shape = [], Strides = [] };
        foreach ((_, Tensor weight, Tensor average) in _pairs)
        {
            average.Written();
            Elementwise.Run(Follow, average.DType.Compute, [average.Operand, weight.Operand, scalar], [average.Operand]);
            GC.KeepAlive(weight);
        }
    }

    /// <summary>Lends the model the averages, until the result is disposed.</summary>
    /// <exception cref="GraphException">It has them already.</exception>
    public IDisposable Use()
    {
        if (_isLent) throw new GraphException("moving average: the averages are lent once at a time, but the model has them already.");
        return new Loan(this);
    }

    /// <summary>The averages, by the parameters' names, and the number of updates. The tensors are the averages themselves, not copies.</summary>
    public OrderedDictionary<string, Tensor> State()
    {
        var state = new OrderedDictionary<string, Tensor> { ["updates"] = Tensor.Scalar(Updates, DType.I64) };
        foreach ((string name, _, Tensor average) in _pairs) state.Add($"average.{name}", average);
        return state;
    }

    /// <summary>Restores what <see cref="State"/> gave.</summary>
    /// <exception cref="ArgumentException">Names are missing or unexpected, or shapes differ.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        CheckState(state);
        using NoGrad off = NoGrad.Scope();
        Updates = (long)state["updates"].Item();
        foreach ((string name, _, Tensor average) in _pairs) average.CopyFrom(state[$"average.{name}"]);
    }

    internal void CheckState(IReadOnlyDictionary<string, Tensor> state)
    {
        Dictionary<string, Shape> expected = _pairs.ToDictionary(p => $"average.{p.Name}", p => p.Average.Shape);
        expected.Add("updates", []);
        OptimizerState.Compare("moving average: the state must be that of the same parameters", expected, state);
    }

    sealed class Loan : IDisposable
    {
        readonly ExponentialMovingAverage _owner;
        readonly Tensor[] _own;

        public Loan(ExponentialMovingAverage owner)
        {
            using NoGrad off = NoGrad.Scope();
            _owner = owner;
            _own = [.. owner._pairs.Select(p => p.Weight.Detach().Copy().Persist())];
            foreach ((_, Tensor weight, Tensor average) in owner._pairs) weight.CopyFrom(average);
            owner._isLent = true;
        }

        public void Dispose()
        {
            if (!_owner._isLent) return;
            using NoGrad off = NoGrad.Scope();
            for (int i = 0; i < _own.Length; i++)
            {
                _owner._pairs[i].Weight.CopyFrom(_own[i]);
                _own[i].Release();
            }

            _owner._isLent = false;
        }
    }
}
