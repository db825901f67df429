using System.Buffers.Binary;

namespace Adjoint.Tests.Language;

/// <summary>A model of llama2.c read and run as the format's own program, <c>run.c</c>, does it: one token at a time, one number at a time, the weights where the file has them.</summary>
/// <remarks>Sums are in double, so that what differs from it is the other side's rounding. Source: karpathy/llama2.c, <c>run.c</c>.</remarks>
sealed class PlainLlama2C
{
    readonly float[] _weights;
    readonly int _width, _inner, _layers, _heads, _shared, _headSize;
    readonly int _attentionNorm, _query, _key, _value, _output, _innerNorm, _gate, _down, _up, _norm, _head;
    readonly List<double[]>[] _keys, _values;

    public PlainLlama2C(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int[] sizes = [.. Enumerable.Range(0, 7).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i)))];
        (_width, _inner, _layers, _heads, int sharedHeads, Vocabulary, Context) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], Math.Abs(sizes[5]), sizes[6]);
        _headSize = _width / _heads;
        _shared = _heads / sharedHeads;
        _weights = new float[(bytes.Length - 28) / 4];
        Buffer.BlockCopy(bytes, 28, _weights, 0, bytes.Length - 28);

        int at = Vocabulary * _width, few = sharedHeads * _headSize;
        _attentionNorm = Take(_layers * _width);
        _query = Take(_layers * _width * _width);
        _key = Take(_layers * _width * few);
        _value = Take(_layers * _width * few);
        _output = Take(_layers * _width * _width);
        _innerNorm = Take(_layers * _width);
        _gate = Take(_layers * _width * _inner);
        _down = Take(_layers * _width * _inner);
        _up = Take(_layers * _width * _inner);
        _norm = Take(_width);
        Take(Context * _headSize);      // two tables of angles, which run.c computes
        _head = sizes[5] > 0 ? 0 : at;
        (_keys, _values) = ([.. Enumerable.Range(0, _layers).Select(_ => new List<double[]>())], [.. Enumerable.Range(0, _layers).Select(_ => new List<double[]>())]);

        int Take(int count) => (at += count) - count;
    }

    public int Vocabulary { get; }

    public int Context { get; }

    /// <summary>The scores of the tokens after the last of a text.</summary>
    public double[][] Scores(IEnumerable<int> ids)
    {
        foreach (List<double[]> list in (List<double[]>[])[.. _keys, .. _values]) list.Clear();
        return [.. ids.Select(Next)];
    }

    /// <summary>The scores after one token more.</summary>
    public double[] Next(int token)
    {
        int position = _keys[0].Count, few = _width / _shared;
        double[] x = new double[_width];
        for (int i = 0; i < _width; i++) x[i] = _weights[(token * _width) + i];
        for (int layer = 0; layer < _layers; layer++)
        {
            double[] h = Normalized(x, _attentionNorm + (layer * _width));
            double[] q = Times(_query + (layer * _width * _width), h, _width), k = Times(_key + (layer * _width * few), h, few);
            Turn(q, position);
            Turn(k, position);
            _keys[layer].Add(k);
            _values[layer].Add(Times(_value + (layer * _width * few), h, few));
            Add(x, Times(_output + (layer * _width * _width), Mixed(q, layer), _width));

            h = Normalized(x, _innerNorm + (layer * _width));
            double[] gate = Times(_gate + (layer * _width * _inner), h, _inner), up = Times(_up + (layer * _width * _inner), h, _inner);
            for (int i = 0; i < _inner; i++) gate[i] = gate[i] / (1 + Math.Exp(-gate[i])) * up[i];
            Add(x, Times(_down + (layer * _width * _inner), gate, _width));
        }

        return Times(_head, Normalized(x, _norm), Vocabulary);
    }

    double[] Mixed(double[] q, int layer)
    {
        double[] mixed = new double[_width];
        for (int head = 0; head < _heads; head++)
        {
            (int own, int other) = (head * _headSize, head / _shared * _headSize);
            double[] scores = [.. _keys[layer].Select(k =>
            {
                double sum = 0;
                for (int i = 0; i < _headSize; i++) sum += q[own + i] * k[other + i];
                return sum / Math.Sqrt(_headSize);
            })];
            double most = scores.Max();
            double[] weights = [.. scores.Select(s => Math.Exp(s - most))];
            double all = weights.Sum();
            for (int t = 0; t < weights.Length; t++)
                for (int i = 0; i < _headSize; i++) mixed[own + i] += weights[t] / all * _values[layer][t][other + i];
        }

        return mixed;
    }

    void Turn(double[] x, int position)
    {
        for (int i = 0; i < x.Length; i += 2)
        {
            (double sin, double cos) = Math.SinCos(position / Math.Pow(10_000, i % _headSize / (double)_headSize));
            (x[i], x[i + 1]) = ((x[i] * cos) - (x[i + 1] * sin), (x[i] * sin) + (x[i + 1] * cos));
        }
    }

    double[] Normalized(double[] x, int weight)
    {
        double sum = 0;
        foreach (double value in x) sum += value * value;
        double factor = 1 / Math.Sqrt((sum / x.Length) + 1e-5);
        return [.. x.Select((value, i) => _weights[weight + i] * value * factor)];
    }

    double[] Times(int matrix, double[] x, int rows)
    {
        double[] y = new double[rows];
        for (int row = 0; row < rows; row++)
            for (int i = 0; i < x.Length; i++) y[row] += (double)_weights[matrix + (row * x.Length) + i] * x[i];
        return y;
    }

    static void Add(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++) x[i] += y[i];
    }
}
