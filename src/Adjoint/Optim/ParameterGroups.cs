using Adjoint.Nn;

namespace Adjoint.Optim;

/// <summary>Makes parameter groups from a model by the rules that papers train by: which tensors decay, and how the learning rate falls with depth.</summary>
/// <example><code>
/// // Fine-tuning: matrices decay, each layer learns at three quarters of the rate of the one above it.
/// var optimizer = new AdamW(ParameterGroups.Of(model, weightDecay: 0.05, layerDecay: 0.75), learningRate: 1e-3);
/// </code></example>
[NotInPyTorch("Parameter groups by rule: weight decay for matrices only, learning rates by depth.")]
public static class ParameterGroups
{
    /// <summary>One group for each depth and each of "decays" and "does not decay" that occurs, in the order of the first parameter.</summary>
    /// <remarks>
    /// <para>Weight decay belongs to tensors of two or more axes: matrices, filters, tables. Tensors of one axis (biases, scales) get none, and the parameters of norms none either, whatever their
    /// shape. A tied tensor counts where its first name is.</para>
    /// <para>The learning rate of depth l is <c>rate·layerDecay^(L − l)</c>, L the greatest depth: the part is the group's <see cref="ParameterGroup.RateFactor"/>, so that the rate itself is the optimizer's,
    /// and schedules keep the ratio. Source: Howard and Ruder 2018, §3.2 (discriminative fine-tuning); Clark et al. 2020, appendix; Bao et al. 2022.</para>
    /// <para>Frozen parameters are in their groups and wait there until they are unfrozen.</para>
    /// </remarks>
    /// <param name="model">Whose parameters are grouped.</param>
    /// <param name="weightDecay">The weight decay of what decays.</param>
    /// <param name="decayEmbeddings">Whether the tables of <see cref="Embedding"/> decay.</param>
    /// <param name="layerDecay">What the learning rate is multiplied by from each layer to the one below it, above 0 and at most 1.</param>
    /// <param name="depth">The depth of a parameter by its name, 0 the lowest; <see cref="Depths"/> where none is given.</param>
    /// <exception cref="ArgumentException">The weight decay, the layer decay or a depth is out of range.</exception>
    [NotInPyTorch("Groups for weight decay and layer-wise learning rates.")]
    public static IReadOnlyList<ParameterGroup> Of(Module model, double weightDecay, bool decayEmbeddings = true, double layerDecay = 1, Func<string, int>? depth = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(layerDecay is > 0 and <= 1)) throw new ArgumentException($"parameter groups: the layer decay must be above 0 and at most 1, but it is {layerDecay}.");
        if (depth is null)
        {
            OrderedDictionary<string, int> own = Depths(model);
            depth = name => own[name];
        }

        IReadOnlyList<(string Name, Module Module)> modules = model.NamedModules();
        var groups = new OrderedDictionary<(int Depth, bool Decays), List<Tensor>>();
        foreach ((string name, Tensor parameter) in model.NamedParameters())
        {
            int at = depth(name);
            if (at < 0) throw new ArgumentException($"parameter groups: depths must not be below 0, but that of '{name}' is {at}.");
            bool decays = parameter.Rank >= 2 && Owner(modules, name) switch
            {
                BatchNorm or GroupNorm or InstanceNorm or LayerNorm or RmsNorm => false,
                Embedding => decayEmbeddings,
                _ => true,
            };
            (int, bool) key = (layerDecay == 1 ? 0 : at, decays);
            if (!groups.TryGetValue(key, out List<Tensor>? group)) groups.Add(key, group = []);
            group.Add(parameter);
        }

        int top = groups.Count == 0 ? 0 : groups.Keys.Max(k => k.Depth);
        return [.. groups.Select(g => new ParameterGroup(g.Value) { WeightDecay = g.Key.Decays ? weightDecay : 0, RateFactor = Math.Pow(layerDecay, top - g.Key.Depth) })];
    }

    /// <summary>The depth of every parameter, 0 the lowest, by its name.</summary>
    /// <remarks>
    /// Names are gone through in the order of the fields. Each item of an outermost list is a layer: <c>Blocks.3.…</c> is one, and so is each layer of a <see cref="Sequential"/>. Parameters outside of
    /// lists make a layer together where they follow each other: of <c>Tokens, Positions, Blocks.0, Blocks.1, Norm, Head</c> the depths are 0, 0, 1, 2, 3, 3. In a model without any list,
    /// each field is a layer. A model whose fields stand in another order than its layers run brings its own depths.
    /// </remarks>
    [NotInPyTorch("The depths of layers by the names of parameters.")]
    public static OrderedDictionary<string, int> Depths(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] names = [.. model.NamedParameters().Select(p => p.Name)];
        bool hasLists = names.Any(n => InList(n) is not null);
        var depths = new OrderedDictionary<string, int>();
        (string? layer, int depth) = (null, -1);
        foreach (string name in names)
        {
            string own = hasLists ? InList(name) ?? "" : name.Split('.')[0];
            if (own != layer) depth++;
            layer = own;
            depths.Add(name, depth);
        }

        return depths;
    }

    /// <summary><c>Blocks.3</c> of <c>Blocks.3.Attention.Query.Weight</c>; null outside of lists.</summary>
    static string? InList(string name)
    {
        string[] parts = name.Split('.');
        int number = Array.FindIndex(parts, p => p.Length > 0 && p.All(char.IsAsciiDigit));
        return number < 0 ? null : string.Join('.', parts[..(number + 1)]);
    }

    /// <summary>The innermost module that a parameter is in.</summary>
    static Module Owner(IReadOnlyList<(string Name, Module Module)> modules, string parameter)
    {
        // Outer modules come first, and an inner one may share its path.
        (string _, Module owner) = modules.Where(m => m.Name.Length == 0 || parameter.StartsWith($"{m.Name}.", StringComparison.Ordinal)).Aggregate((a, b) => b.Name.Length >= a.Name.Length ? b : a);
        return owner;
    }
}
