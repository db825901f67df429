using Adjoint.Nn;

namespace Adjoint.Training;

/// <summary>A copy of the best weights so far, judged by validation accuracy, then validation loss; the latest ones without validation data.</summary>
internal sealed class BestWeights(Module model) : IDisposable
{
    readonly Dictionary<string, Tensor> _copies = [];

    public EpochRecord? Record { get; private set; }

    /// <summary>Copies the model's weights if the epoch is the best.</summary>
    /// <returns>The record, marked if it is.</returns>
    public EpochRecord Consider(EpochRecord candidate)
    {
        if (Record is not null && !IsBetter(candidate, Record)) return candidate;
        Record = candidate with { IsBest = true };
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("best weights");
        foreach ((string name, Tensor value) in model.State())
        {
            if (_copies.TryGetValue(name, out Tensor? copy)) copy.CopyFrom(value);
            else _copies.Add(name, value.Detach().Copy().Persist());
        }

        return Record;
    }

    public void Restore()
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
