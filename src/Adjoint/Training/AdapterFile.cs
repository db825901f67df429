using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Training;

/// <summary>Low-rank adapters as a folder in the layout of PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, a few megabytes for a model of gigabytes.</summary>
/// <remarks>
/// Tensors are called <c>base_model.model.</c> + the layer's name in Hugging Face's model + <c>.lora_A.weight</c>, <c>.lora_B.weight</c> and, with magnitudes, <c>.lora_magnitude_vector</c>.
/// The names of layers come from a function (<see cref="AdapterNames"/>).
/// </remarks>
/// <example><code>
/// AdapterFile.Save("my-adapter", llama, HuggingFaceNames.Llama, baseModel: "meta-llama/Llama-3.2-1B");
/// AdapterFile.Load("my-adapter", llama, HuggingFaceNames.Llama, new Generator(1));
/// </code></example>
public static class AdapterFile
{
    const string ConfigName = "adapter_config.json", WeightsName = "adapter_model.safetensors";
    const string Prefix = "base_model.model.", SuffixA = ".lora_A.weight", SuffixB = ".lora_B.weight", SuffixMagnitude = ".lora_magnitude_vector";

    /// <summary>Writes the adapters of a name into a folder, which is made if it is missing; each file appears whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model that has the adapters.</param>
    /// <param name="names">What its layers are called in the file.</param>
    /// <param name="name">The adapters' name.</param>
    /// <param name="baseModel">What the model itself is called, for whoever loads the adapters.</param>
    /// <exception cref="ArgumentException">No layer has an adapter of that name, or a layer has no name in the file.</exception>
    /// <exception cref="IOException">The disk refuses; existing files are untouched.</exception>
    public static void Save(string folder, Module model, AdapterNames names, string name = Lora.DefaultName, string? baseModel = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(names);
        var tensors = new OrderedDictionary<string, Tensor>();
        var layers = new List<string>();
        LoraSettings? settings = null;
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("adapter");
        foreach ((string path, _, LoraAdapter adapter) in Lora.Layers(model, name))
        {
            string layer = names.Of(path) ?? throw new ArgumentException($"adapter: every layer needs a name in the file, but '{path}' has none.");
            if (layers.Contains(layer)) throw new ArgumentException($"adapter: the names of layers must differ, but two are called '{layer}'.");
            layers.Add(layer);
            AdapterRows? rows = names.Rows?.Invoke(path);
            foreach ((string key, Tensor tensor) in Tensors(layer, adapter)) tensors.Add(key, key.EndsWith(SuffixA, StringComparison.Ordinal) ? tensor : Moved(tensor, rows?.ToFile));
            settings = adapter.Settings;
        }

        Directory.CreateDirectory(folder);
        Safetensors.Write(Path.Combine(folder, WeightsName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        byte[] config = AdapterConfig.Write(settings!, Ends(model, names, layers), names, baseModel);
        AtomicFile.Write(Path.Combine(folder, ConfigName), stream => stream.Write(config));
    }

    /// <summary>Hangs the adapters of a folder at a model, freezes the rest of it, and puts them to use. Nothing is changed unless everything fits.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="names">What its layers are called in the file.</param>
    /// <param name="random">Where the dropout of a further training comes from.</param>
    /// <param name="name">What they are to be called together.</param>
    /// <returns>The parameters of the adapters.</returns>
    /// <exception cref="FileNotFoundException">One of the two files is missing.</exception>
    /// <exception cref="FormatException">A file is damaged, asks for what there is not here, or does not fit the model.</exception>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public static IReadOnlyList<Tensor> Load(string folder, Module model, AdapterNames names, Generator random, string name = Lora.DefaultName)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(random);
        AdapterConfig config = AdapterConfig.Read(Existing(folder, ConfigName));
        using SafetensorsFile file = Safetensors.Read(Existing(folder, WeightsName));
        (string Path, Linear Layer, string Name)[] layers = [.. Lora.AllLinear(model).Select(l => (l.Path, l.Layer, Name: names.Of(l.Path)!)).Where(l => l.Name is not null && IsMeant(l.Name, config, file))];
        Check(layers, config, file, folder.Quoted());
        using Scope scope = Scope.Begin("adapter");
        IReadOnlyDictionary<string, Tensor> values = file.LoadAll();
        IReadOnlyList<Tensor> parameters = Lora.Attach(model, [.. layers.Select(l => (l.Path, l.Layer))], config.Settings, random, name);
        using NoGrad off = NoGrad.Scope();
        foreach ((string path, Linear layer, string called) in layers)
        {
            AdapterRows? rows = names.Rows?.Invoke(path);
            foreach ((string key, Tensor tensor) in Tensors(called, layer.Adapters!.ByName[name])) tensor.CopyFrom(key.EndsWith(SuffixA, StringComparison.Ordinal) ? values[key] : Moved(values[key], rows?.FromFile));
        }

        return parameters;
    }

    static IEnumerable<(string Key, Tensor Tensor)> Tensors(string layer, LoraAdapter adapter)
    {
        yield return (Prefix + layer + SuffixA, adapter.A);
        yield return (Prefix + layer + SuffixB, adapter.B);
        if (adapter.Magnitude is not null) yield return (Prefix + layer + SuffixMagnitude, adapter.Magnitude);
    }

    static Tensor Moved(Tensor tensor, Func<Tensor, Tensor>? move) => move is null ? tensor : tensor.Rank == 1 ? move(tensor.Unsqueeze(1)).Squeeze(1) : move(tensor);

    // "all-linear" leaves the head out, whose name differs between models: there the tensors say which layers they are for.
    static bool IsMeant(string layer, AdapterConfig config, SafetensorsFile file) => config.TakesAll
        ? file.Contains(Prefix + layer + SuffixA)
        : config.Settings.Targets.Any(t => layer == t || layer.EndsWith($".{t}", StringComparison.Ordinal));

    static void Check((string Path, Linear Layer, string Name)[] layers, AdapterConfig config, SafetensorsFile file, string folder)
    {
        if (layers.Length == 0) throw new FormatException($"adapter: target_modules must name linear layers of the model, but none of {string.Join(", ", config.Settings.Targets.Take(8).Select(t => t.Quoted()))} in {folder} does.");
        HashSet<string> expected = [];
        foreach ((_, Linear layer, string name) in layers)
        {
            Expect(name + SuffixA, [config.Settings.Rank, layer.Inputs]);
            Expect(name + SuffixB, [layer.Outputs, config.Settings.Rank]);
            if (config.Settings.HasMagnitudes) Expect(name + SuffixMagnitude, [layer.Outputs]);
        }

        if (file.Names.FirstOrDefault(n => !expected.Contains(n)) is { } other) throw new FormatException($"adapter: tensors must belong to layers that target_modules names, but {other.Quoted()} in {folder} does not.");

        void Expect(string key, Shape shape)
        {
            key = Prefix + key;
            _ = expected.Add(key);
            if (!file.Contains(key)) throw new FormatException($"adapter: every layer that target_modules names needs its tensors, but {key.Quoted()} is missing in {folder}.");
            Spec given = file.Spec(key);
            if (given.Shape != shape) throw new FormatException($"adapter: tensors must have the shapes that the rank and the model say, but {key.Quoted()} in {folder} is {given.Shape} and should be {shape}.");
            if (!given.DType.IsFloat) throw new FormatException($"adapter: tensors must hold floating-point numbers, but {key.Quoted()} in {folder} is {given.DType}.");
        }
    }

    /// <summary>The shortest list that means these layers and no others: the ends of their names, or the names in full.</summary>
    static string[] Ends(Module model, AdapterNames names, List<string> layers)
    {
        string[] ends = [.. layers.Select(l => l[(l.LastIndexOf('.') + 1)..]).Distinct()];
        bool isExact = Lora.AllLinear(model).Select(l => names.Of(l.Path)).OfType<string>().Where(n => ends.Any(e => n == e || n.EndsWith($".{e}", StringComparison.Ordinal))).Distinct().Count() == layers.Count;
        return isExact ? ends : [.. layers];
    }

    static string Existing(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"adapter: a folder of adapters has an {ConfigName} and an {WeightsName}, but {folder.Quoted()} has no {name}.");
    }
}
