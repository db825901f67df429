using Adjoint.Nn;

namespace Adjoint.Training;

/// <summary>A copy of the best weights so far, judged by validation accuracy, then validation loss; the latest ones without validation data.</summary>
internal sealed class BestWeights(Module model) : IStatePart, IDisposable
{
    readonly OrderedDictionary<string, Tensor> _copies = [];

    /// <summary>Copies the model's weights if the epoch is better than the best so far.</summary>
    /// <returns>The record, marked if it is.</returns>
    public EpochRecord Consider(EpochRecord candidate, EpochRecord? best)
    {
        if (best is not null && !IsBetter(candidate, best)) return candidate;
        Take(model.State());
        return candidate with { IsBest = true };
    }

    public PartState Save() => new(_copies, []);

    public Action Restore(PartState state)
    {
        // The model says what does not fit; nothing is copied into it here.
        if (state.Tensors.Count > 0) StateLoading.Plan(model.Walk(), state.Tensors, strict: true);
        return () =>
        {
            Dispose();
            Take(state.Tensors);
        };
    }

    void Take(IReadOnlyDictionary<string, Tensor> weights)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("best weights");
        foreach ((string name, Tensor value) in weights)
        {
            if (_copies.TryGetValue(name, out Tensor? copy)) copy.CopyFrom(value);
            else _copies.Add(name, value.Detach().Copy().Persist());
        }
    }

    /// <summary>Copies the best weights into the model, if there are any.</summary>
    public void PutBack()
    {
        if (_copies.Count > 0) model.LoadState(_copies);
    }

    public void Dispose()
    {
        foreach (Tensor copy in _copies.Values) copy.Release();
        _copies.Clear();
    }

    static bool IsBetter(EpochRecord a, EpochRecord b)
    {
        if (a.Validation is not { } x || b.Validation is not { } y) return true;
        return x.Accuracy != y.Accuracy ? x.Accuracy > y.Accuracy : x.Loss < y.Loss;
    }
}
