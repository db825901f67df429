using System.Globalization;
using System.Text;

namespace Adjoint.Tests.Autograd;

/// <summary>A smooth function of three leaves, read from a list of choices: every node uses nodes before it, some more than once.</summary>
/// <remarks>Values stay within a few units and away from poles, so that finite differences are accurate.</remarks>
sealed class RandomGraph(int[] choices, int scale = 1)
{
    static readonly (string Name, Func<Tensor, Tensor> Apply)[] Unary =
    [
        ("tanh", x => x.Tanh()), ("sin", x => x.Sin()), ("sigmoid", x => x.Sigmoid()), ("softplus", x => x.Softplus()), ("gelu", x => x.Gelu()), ("erf", x => x.Erf()),
        ("exp(tanh)", x => x.Tanh().Exp()), ("log(1 + square)", x => (1 + x.Square()).Log()), ("sqrt(1 + square)", x => (1 + x.Square()).Sqrt()), ("atan", x => x.Atan()), ("silu", x => x.Silu()), ("-", x => -x),
    ];

    static readonly (string Name, Func<Tensor, Tensor, Tensor> Apply)[] Binary =
    [
        ("+", (a, b) => (a + b) * 0.5), ("-", (a, b) => a - b), ("* tanh", (a, b) => a * b.Tanh()), ("/ (2 + square)", (a, b) => a / (2 + b.Square())), ("atan2 (3 + square)", (a, b) => a.Atan2(3 + b.Square())),
        ("zip", (a, b) => a.Zip(b, (x, y) => Math.Sin(x) * Vocabulary.Sigmoid(y) + 0.1 * x * y)),
    ];

    readonly StringBuilder _text = new();
    readonly List<Tensor> _nodes = [];
    int _next;

    int Choose(int count) => (_next < choices.Length ? choices[_next++] : 0) % count;

    long Size() => 1 + ((long)Choose(3) * scale);

    /// <summary>New leaves: matrices and a vector.</summary>
    public Tensor[] Leaves()
    {
        var random = new Generator(11);
        _next = 0;
        Tensor Draw(params long[] sizes) => random.Uniform(Shape.Create(sizes), -1, 1, DType.F64).AsParameter();
        return [Draw(Size(), Size()), Draw(Size(), Size()), Draw(Size())];
    }

    /// <summary>The graph's result: the mean of the last nodes, together a scalar.</summary>
    /// <param name="leaves">What <see cref="Leaves"/> gave, or moved copies.</param>
    /// <param name="scoped">Whether each node is computed in a scope of its own.</param>
    public Tensor Run(Tensor[] leaves, bool scoped = false)
    {
        _next = 5;
        _text.Clear();
        _nodes.Clear();
        foreach (Tensor leaf in leaves) Add(leaf, "leaf");
        for (int steps = 2 + Choose(8); steps > 0; steps--)
        {
            if (scoped)
            {
                using Scope scope = Scope.Begin("node");
                Step();
                scope.Keep(_nodes[^1]);
            }
            else Step();
        }

        return _nodes[^1].Mean() + (_nodes[^2].Square().Mean() * 0.5) + (leaves[0].Sum() * leaves[1].Sum() * 0.01) + (leaves[2].Square().Sum() * 0.1);
    }

    void Step()
    {
        int at = Choose(_nodes.Count);
        Tensor a = _nodes[at];
        switch (Choose(12))
        {
            case 0 or 1:
                (string name, Func<Tensor, Tensor> unary) = Unary[Choose(Unary.Length)];
                Add(unary(a), $"{name}(n{at})");
                break;
            case 2 or 3:
                int other = Partner(a, (x, y) => Shape.Broadcast(x.Shape, y.Shape) is { Elements: < 300_000 });
                (string sign, Func<Tensor, Tensor, Tensor> binary) = Binary[Choose(Binary.Length)];
                Add(binary(a, _nodes[other]), $"n{at} {sign} n{other}");
                break;
            case 4 when a.Rank == 2:
                int right = Partner(a, (x, y) => y.Rank == 2 && y.Shape[0] == x.Shape[1]);
                bool square = _nodes[right].Rank == 2 && _nodes[right].Shape[0] == a.Shape[1];
                Add(a.MatMul(square ? _nodes[right] : a.T) * (1.0 / a.Shape[1]), square ? $"n{at} @ n{right}" : $"n{at} @ n{at}.T");
                break;
            case 5 when a.Rank > 0:
                int dim = Choose(a.Rank);
                bool keep = Choose(2) == 1;
                Tensor reduced = Choose(4) switch { 0 => a.Mean(dim, keep), 1 => a.Sum(dim, keep) * (1.0 / a.Shape[dim]), 2 => a.LogSumExp(dim, keep), _ => a.Var([dim], 0, keep) };
                Add(reduced, $"reduce(n{at}, dim {dim}, keep {keep})");
                break;
            case 6 when a.Rank > 0:
                int along = Choose(a.Rank);
                Add(Choose(2) == 0 ? a.Softmax(along) : a.LogSoftmax(along) * 0.3, $"softmax(n{at}, dim {along})");
                break;
            case 7 when a.Rank > 1:
                Add(a.Transpose(0, a.Rank - 1), $"transpose(n{at})");
                break;
            case 8:
                Add(Choose(2) == 0 ? a.Reshape(-1) : a.Unsqueeze(0), $"reshape(n{at})");
                break;
            case 9 when a.Rank is > 0 and < 4:
                int dimension = Choose(a.Rank);
                Add(Choose(2) == 0 ? Tensor.Cat([a, a.Tanh()], dimension) : a.Flip(dimension).CumSum(dimension) * (1.0 / a.Shape[dimension]), $"cat or cumsum(n{at}, dim {dimension})");
                break;
            case 10 when a.Rank > 0 && a.Shape[0] > 1:
                int step = Choose(2) == 0 ? -1 : 2;
                Add(a.Slice(0, 0, null, step), $"slice(n{at}, step {step})");
                break;
            case 11 when a.Elements < 1000:
                Add(a.Expand(Shape.Create([2, .. a.Shape])) * 1.5, $"expand(n{at})");
                break;
            default:
                Add(a.Tanh() + (a * a * 0.1), $"tanh(n{at}) + 0.1 n{at}²");
                break;
        }
    }

    int Partner(Tensor a, Func<Tensor, Tensor, bool> fits)
    {
        int from = Choose(_nodes.Count);
        for (int i = 0; i < _nodes.Count; i++) if (fits(a, _nodes[(from + i) % _nodes.Count])) return (from + i) % _nodes.Count;
        return 0;
    }

    void Add(Tensor node, string text)
    {
        _text.AppendLine(CultureInfo.InvariantCulture, $"n{_nodes.Count} = {text}: {node.Shape}");
        _nodes.Add(node);
    }

    /// <summary>The expressions, a line each.</summary>
    public override string ToString()
    {
        Run(Leaves());
        return $"{Environment.NewLine}{_text}choices [{string.Join(", ", choices)}]";
    }
}
