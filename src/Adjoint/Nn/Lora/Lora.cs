namespace Adjoint.Nn;

/// <summary>Fine-tuning by low-rank adapters: a model's weights stay as they are, and small matrices beside its linear layers are trained.</summary>
/// <remarks>
/// <para>Adapters hang at the layers themselves (<see cref="Linear.Adapters"/>): no model has to know of them, and the names of the model's own parameters stay the same. Those of the adapters are
/// <c>Blocks.0.Query.Adapters.default.A</c>. Several may hang at a model under different names; <see cref="Use"/> chooses one, or none.</para>
/// <para>A frozen weight takes no gradient: of the three products of a linear layer's step, forward, for x and for W, the third is not computed.</para>
/// <para>Source: Hu et al. 2021. Files: <see cref="Training.AdapterFile"/>.</para>
/// </remarks>
/// <example><code>
/// IReadOnlyList&lt;Tensor&gt; trained = Lora.Attach(model, new() { Rank = 8, Alpha = 16, Targets = ["*.Query", "*.Value"] }, new Generator(1));
/// var optimizer = new AdamW(trained, learningRate: 2e-4);
/// …
/// Lora.Merge(model);      // as fast as without adapters
/// </code></example>
[NotInPyTorch("Low-rank adapters (LoRA, rsLoRA, DoRA); what the package `peft` is for.")]
public static class Lora
{
    /// <summary>What an adapter is called where no name is given.</summary>
    public const string DefaultName = "default";

    /// <summary>Freezes all of a model, hangs new adapters at its linear layers and puts them to use.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">What the adapters are like, and where they go.</param>
    /// <param name="random">Where A and the dropout come from.</param>
    /// <param name="name">What they are called together.</param>
    /// <returns>The parameters of the new adapters: what the optimizer is given.</returns>
    /// <exception cref="ArgumentException">A setting is out of range, a target matches no linear layer, or the name is taken; nothing is attached.</exception>
    /// <exception cref="GraphException">An adapter is merged.</exception>
    public static IReadOnlyList<Tensor> Attach(Module model, LoraSettings settings, Generator random, string name = DefaultName)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Attach(model, Find(model, settings), settings, random, name);
    }

    /// <summary>Puts the adapters of a name to use at every layer that has one; other layers, and all of them for null, compute as without adapters.</summary>
    /// <exception cref="ArgumentException">No layer has an adapter of that name.</exception>
    /// <exception cref="GraphException">An adapter is merged.</exception>
    public static void Use(Module model, string? name)
    {
        if (name is not null) MustExist(model, name, "use");
        MustBeApart(model, "switched");
        foreach ((_, Linear layer) in Adapted(model)) layer.Adapters!.Active = name is not null && layer.Adapters.ByName.ContainsKey(name) ? name : null;
    }

    /// <summary>The names of a model's adapters.</summary>
    public static IReadOnlyList<string> Names(Module model) => [.. Adapted(model).SelectMany(a => a.Layer.Adapters!.ByName.Keys).Distinct()];

    /// <summary>The parameters of the adapters of a name.</summary>
    /// <exception cref="ArgumentException">No layer has an adapter of that name.</exception>
    public static IReadOnlyList<Tensor> Parameters(Module model, string name = DefaultName) => [.. MustExist(model, name, "parameters").SelectMany(a => a.Adapter.Parameters())];

    /// <summary>The linear layers that have an adapter of a name, with their paths.</summary>
    /// <exception cref="ArgumentException">No layer has an adapter of that name.</exception>
    public static IReadOnlyList<(string Path, Linear Layer, LoraAdapter Adapter)> Layers(Module model, string name = DefaultName) => MustExist(model, name, "layers");

    /// <summary>Writes the adapters in use into the weights: <c>W ← W + s·B·A</c>. The layer then costs what it did without them; the old weights are kept for <see cref="Unmerge"/>.</summary>
    /// <exception cref="GraphException">A weight is used in several places, or is quantized.</exception>
    public static void Merge(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModuleWalk walk = model.Walk();
        foreach ((string path, Linear layer) in Adapted(model))
        {
            if (layer.Adapters!.Used is null) continue;
            if (layer.Quantized is not null) throw new GraphException($"lora: only a weight that is there in full can be merged into, but that of '{path}' is quantized. Hint: call Quantization.Remove first.");
            MustBeUntied(walk, path, layer.Weight, "lora: a weight must belong to one layer to be merged into", "");
        }

        foreach ((_, Linear layer) in Adapted(model)) layer.Adapters!.Merge(layer);
    }

    /// <summary>Puts the weights back, bit for bit as they were before <see cref="Merge"/>.</summary>
    public static void Unmerge(Module model)
    {
        foreach ((_, Linear layer) in Adapted(model)) layer.Adapters!.Unmerge(layer);
    }

    /// <summary>Takes the adapters of a name away. The model's own parameters stay frozen; <see cref="Module.Unfreeze()"/> frees them.</summary>
    /// <exception cref="ArgumentException">No layer has an adapter of that name.</exception>
    /// <exception cref="GraphException">An adapter is merged.</exception>
    public static void Remove(Module model, string name = DefaultName)
    {
        (string, Linear Layer, LoraAdapter)[] layers = MustExist(model, name, "remove");
        MustBeApart(model, "removed");
        foreach ((_, Linear layer, _) in layers)
        {
            _ = layer.Adapters!.Remove(name);
            if (layer.Adapters.ByName.Count == 0) layer.Adapters = null;
        }
    }

    /// <summary>The linear layers that settings mean, in the order of the model.</summary>
    internal static IReadOnlyList<(string Path, Linear Layer)> Find(Module model, LoraSettings settings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        (string, Linear)[] all = [.. AllLinear(model)];
        HashSet<Linear> wanted = [.. settings.Targets.SelectMany(t => NamePattern.Matching(all, t, "lora", "path of a linear layer")).Select(m => m.Value)];
        return [.. all.Where(l => wanted.Contains(l.Item2))];
    }

    internal static IReadOnlyList<Tensor> Attach(Module model, IReadOnlyList<(string Path, Linear Layer)> layers, LoraSettings settings, Generator random, string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"lora: a name must be a text without dots, because it is part of parameters' names, but it is '{name}'.");
        if (Names(model).Contains(name)) throw new ArgumentException($"lora: the names of a model's adapters must differ, but there is a '{name}' already. Hint: give another name, or call Lora.Remove.");
        MustBeApart(model, "attached");
        foreach ((string path, Tensor parameter) in model.NamedParameters()) if (!IsOfAdapter(path)) _ = parameter.Freeze();
        var parameters = new List<Tensor>();
        foreach ((_, Linear layer) in layers)
        {
            var adapter = new LoraAdapter(layer, settings, random);
            adapter.Train(layer.IsTraining);
            (layer.Adapters ??= new()).Add(name, adapter);
            parameters.AddRange(adapter.Parameters());
        }

        Use(model, name);
        _ = model.NamedParameters();        // names the new ones by their paths
        return parameters;
    }

    internal static IEnumerable<(string Path, Linear Layer)> AllLinear(Module model) => model.NamedModules().Where(m => m.Module is Linear).Select(m => (m.Name, (Linear)m.Module));

    internal static void MustBeUntied(ModuleWalk walk, string path, Tensor weight, string rule, string hint)
    {
        if (walk.Aliases.FirstOrDefault(a => ReferenceEquals(a.Value, weight)).Key is not { } alias) return;
        string first = walk.Tensors.First(t => ReferenceEquals(t.Tensor, weight)).Name;
        throw new GraphException($"{rule}, but that of '{path}' has the names '{first}' and '{alias}'.{hint}");
    }

    internal static bool IsOfAdapter(string path) => $".{path}".Contains($".{nameof(Linear.Adapters)}.", StringComparison.Ordinal);

    static (string Path, Linear Layer)[] Adapted(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. AllLinear(model).Where(l => l.Layer.Adapters is not null)];
    }

    static (string Path, Linear Layer, LoraAdapter Adapter)[] MustExist(Module model, string name, string what)
    {
        (string, Linear, LoraAdapter)[] found = [.. Adapted(model).Where(a => a.Layer.Adapters!.ByName.ContainsKey(name)).Select(a => (a.Path, a.Layer, a.Layer.Adapters!.ByName[name]))];
        if (found.Length > 0) return found;
        IReadOnlyList<string> names = Names(model);
        throw new ArgumentException($"lora: {what} needs the name of an adapter that is attached, but '{name}' is none.{(names.Count == 0 ? " Hint: Lora.Attach." : $" Hint: there {(names.Count == 1 ? "is" : "are")} {string.Join(", ", names.Select(n => $"'{n}'"))}.")}");
    }

    static void MustBeApart(Module model, string what)
    {
        if (Adapted(model) is var adapted && Array.Find(adapted, a => a.Layer.Adapters!.IsMerged) is { Layer: not null } merged)
            throw new GraphException($"lora: adapters can be {what} while weights are the model's own, but '{merged.Layer.Adapters!.Active}' is merged into '{merged.Path}'. Hint: call Lora.Unmerge first.");
    }
}
