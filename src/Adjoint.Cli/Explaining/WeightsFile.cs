using System.Globalization;
using System.Text.RegularExpressions;
using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Cli.Explaining;

/// <summary>A multilayer perceptron out of any safetensors file that holds its weights <c>[out, in]</c> and biases <c>[out]</c>.</summary>
/// <remarks>
/// Names end in weight and bias (<c>fc1.weight</c>, <c>0.Bias</c>); what comes before says which belong together. Layers follow each other as their sizes
/// demand: the outputs of one are the inputs of the next. Where several orders are possible, that of the names is taken (numbers in them by value).
/// </remarks>
internal static partial class WeightsFile
{
    /// <summary>A layer's name and tensors.</summary>
    sealed record Part(string Name, Tensor Weight, Tensor? Bias);

    /// <exception cref="FormatException">The file is no safetensors file, or holds something else.</exception>
    public static WeightsNetwork Load(SafetensorsFile file, string path, Func<Layer?> activation, Func<Layer?> last)
    {
        var weights = new List<(string Prefix, string Name)>();
        var biases = new Dictionary<string, string>();
        foreach (string name in file.Names)
        {
            Match match = Ending.Match(name);
            Shape shape = file.Spec(name).Shape;
            bool isWeight = match.Groups["kind"].Value is "weight" or "Weight";
            if (!match.Success || shape.Rank != (isWeight ? 2 : 1) || !file.Spec(name).DType.IsFloat)
                throw new FormatException($"explain: a model file must hold nothing but weights [out, in] and biases [out] of linear layers, in floating-point numbers, but {name.Quoted()} in {path.Quoted()} is {file.Spec(name).DType} {shape}.");
            string prefix = match.Groups["prefix"].Value;
            if (isWeight ? weights.Exists(w => w.Prefix == prefix) : !biases.TryAdd(prefix, name))
                throw new FormatException($"explain: each layer must have one weight and at most one bias, but {path.Quoted()} has another one than {name.Quoted()}.");
            if (isWeight) weights.Add((prefix, name));
        }

        if (weights.Count == 0) throw new FormatException($"explain: a model file must hold weights of linear layers, but {path.Quoted()} has none.");
        if (biases.Keys.Except(weights.Select(w => w.Prefix)).FirstOrDefault() is { } stray) throw new FormatException($"explain: a bias must have its weight, but {biases[stray].Quoted()} in {path.Quoted()} has none.");
        Part[] parts = [.. weights.OrderBy(w => ByValue(w.Prefix), StringComparer.Ordinal).Select((w, i) => Load(file, path, w.Prefix.Length > 0 ? w.Prefix.Quoted()[1..^1] : $"layer{i}", w.Name, biases.GetValueOrDefault(w.Prefix)))];
        IReadOnlyList<Part> chain = Chain(parts, []) ?? throw new FormatException($"explain: each layer must have as many inputs as another has outputs, in a row, but those of {path.Quoted()} are {string.Join(", ", parts.Select(p => $"{p.Name.Quoted()} {p.Weight.Shape}"))}.");
        return new([.. chain.Select(p => (p.Name, new Linear(p.Weight, p.Bias)))], activation, last);
    }

    static Part Load(SafetensorsFile file, string path, string name, string weightName, string? biasName)
    {
        Tensor weight = file.Load(weightName).To(DType.F64);
        Tensor? bias = biasName is null ? null : file.Load(biasName).To(DType.F64);
        if (bias is not null && bias.Elements != weight.Shape[0]) throw new FormatException($"explain: a bias must have one number for each row of its weight, but {biasName!.Quoted()} in {path.Quoted()} is {bias.Shape} and the weight is {weight.Shape}.");
        return new(name, weight, bias);
    }

    /// <summary>The first order, in that of the parts, in which sizes fit; null where there is none.</summary>
    static IReadOnlyList<Part>? Chain(Part[] left, Part[] chain)
    {
        if (left.Length == 0) return chain;
        // Of parts of one shape the first one decides: the others would fit or fail in the same way.
        foreach (Part next in left.Where(p => chain.Length == 0 || p.Weight.Shape[1] == chain[^1].Weight.Shape[0]).DistinctBy(p => p.Weight.Shape))
            if (Chain([.. left.Where(p => p != next)], [.. chain, next]) is { } found) return found;
        return null;
    }

    /// <summary>A text in whose order 10 comes after 9.</summary>
    static string ByValue(string name) => Digits.Replace(name, digits => digits.Value.PadLeft(12, '0'));

    [GeneratedRegex(@"^(?<prefix>.*?)[._/]?(?<kind>[wW]eight|[bB]ias)$", RegexOptions.Singleline)]
    private static partial Regex Ending { get; }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits { get; }
}

/// <summary>Linear layers under the names that a file gives them, with an activation between them.</summary>
internal sealed class WeightsNetwork((string Name, Linear Linear)[] layers, Func<Layer?> activation, Func<Layer?> last) : Layer
{
    [Inline]
    readonly OrderedDictionary<string, Module<Tensor, Tensor>> _layers = Named(layers, activation, last);

    /// <summary>The numbers of a row.</summary>
    [field: Transient]
    public long Inputs { get; } = layers[0].Linear.Weight.Shape[1];

    /// <summary>The numbers that come out for a row.</summary>
    [field: Transient]
    public long Outputs { get; } = layers[^1].Linear.Weight.Shape[0];

    /// <summary>2-3-1.</summary>
    public string Sizes => string.Join('-', _layers.Values.OfType<Linear>().Select(l => l.Weight.Shape[0]).Prepend(Inputs).Select(s => s.ToString(CultureInfo.InvariantCulture)));

    protected override Tensor Forward(Tensor x)
    {
        foreach (Module<Tensor, Tensor> layer in _layers.Values) x = layer.Call(x);
        return x;
    }

    static OrderedDictionary<string, Module<Tensor, Tensor>> Named((string Name, Linear Linear)[] layers, Func<Layer?> activation, Func<Layer?> last)
    {
        var named = new OrderedDictionary<string, Module<Tensor, Tensor>>();
        for (int i = 0; i < layers.Length; i++)
        {
            named.Add(layers[i].Name, layers[i].Linear);
            if ((i < layers.Length - 1 ? activation() : last()) is { } function) named.Add($"{layers[i].Name} {function.GetType().Name}", function);
        }

        return named;
    }
}
