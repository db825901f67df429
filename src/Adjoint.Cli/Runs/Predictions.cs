using Adjoint.Data;

namespace Adjoint.Cli.Runs;

/// <summary>A model's answers over a data set: for each true class, how often each class was said.</summary>
internal sealed class Predictions(int classes)
{
    readonly long[,] _counts = new long[classes, classes];
    double _loss;

    public long Rows { get; private set; }

    public double Loss => _loss / Rows;

    public double Accuracy => (double)Enumerable.Range(0, classes).Sum(c => _counts[c, c]) / Rows;

    /// <summary>How often <paramref name="said"/> was the answer where <paramref name="actual"/> was right.</summary>
    public long this[int actual, int said] => _counts[actual, said];

    /// <summary>The share of a class's rows that were found; null without rows.</summary>
    public double? Found(int actual)
    {
        long rows = Enumerable.Range(0, classes).Sum(said => _counts[actual, said]);
        return rows == 0 ? null : (double)_counts[actual, actual] / rows;
    }

    /// <summary>Runs the model, in evaluation mode, over all batches.</summary>
    public static Predictions Of(SavedModel saved, DataLoader data, CancellationToken cancellation)
    {
        var predictions = new Predictions(saved.Facts.Names.Count);
        using NoGrad off = NoGrad.Scope();
        foreach (Batch batch in data.Run(cancellation))
        {
            using Scope scope = Scope.Begin("prediction");
            Tensor scores = saved.Model.Call(batch.Inputs);
            predictions.Add(batch, scores);
        }

        return predictions;
    }

    void Add(Batch batch, Tensor scores)
    {
        long[] said = scores.Argmax(1).ToArray<long>(), actual = batch.Targets.ToArray<long>();
        for (int i = 0; i < said.Length; i++) _counts[actual[i], said[i]]++;
        _loss += scores.CrossEntropy(batch.Targets).Item() * batch.Count;
        Rows += batch.Count;
    }
}
