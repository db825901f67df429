using System.Text;
using System.Text.Json;
using Adjoint.Formats;
using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Language.Folders;

/// <summary>A model in a folder as Hugging Face's libraries read and write it: <c>config.json</c> and safetensors.</summary>
/// <remarks>Names and layouts: the <c>transformers</c> library, <c>modeling_gpt2.py</c> and <c>modeling_llama.py</c>.</remarks>
internal static class ModelFolder
{
    const string Config = "config.json";

    public static PretrainedModel Load(string folder, string? tokenizer, DType dtype)
    {
        string path = Path.Combine(folder, Config);
        if (!File.Exists(path)) throw new FormatException($"pretrained: a folder has a {Config}, but {folder.Quoted()} has none.");
        JsonFile config = JsonFile.Read(path);
        FolderLayout layout = FolderLayout.Of(config);
        using FolderFiles files = FolderFiles.Open(folder, layout.Prefix);
        Compare(folder, layout, files);
        Tokenizer? text = (tokenizer ?? Tokenizer.Beside(folder)) is { } file ? Tokenizer.Load(file) : null;
        if (text is not null && text.Vocabulary > layout.Vocabulary)
            throw new FormatException($"pretrained: the model must have every token of the tokenizer, but {folder.Quoted()} has {layout.Vocabulary} of them and the tokenizer {text.Vocabulary}.");

        using NoGrad off = NoGrad.Scope();
        Layer model = layout.Make(dtype);
        OrderedDictionary<string, Tensor> parameters = model.State();
        foreach (FolderWeight weight in layout.Weights) files.LoadInto(weight.Name, parameters[weight.Parameter], weight.Turn == Turn.Transposed);
        model.Eval();
        return new(model, text, layout.Context, config.Integer("bos_token_id", 0, int.MaxValue) ?? text?.Bos);
    }

    public static void Save(string folder, PretrainedModel pretrained, long mostBytes)
    {
        FolderLayout layout = FolderLayout.Of(pretrained.Model);
        if (File.Exists(folder)) throw new ArgumentException($"pretrained: a model is written into a folder or a file whose name ends in .bin, but {folder.Quoted()} is another file.");
        Directory.CreateDirectory(folder);
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("pretrained");
        OrderedDictionary<string, Tensor> state = pretrained.Model.State();
        FolderShards.Write(folder, [.. layout.Weights.Select(w => KeyValuePair.Create(FullName(w.Name, layout), Stored(w, state, pretrained.Model)))], mostBytes, Config);
        pretrained.Tokenizer?.SaveIfPossible(folder);
        // Last: a folder with this file is whole.
        AtomicFile.Write(Path.Combine(folder, Config), stream => stream.Write(Settings(layout, pretrained)));
    }

    static string FullName(string name, FolderLayout layout) => name == "lm_head.weight" ? name : layout.Prefix + name;

    static Tensor Stored(FolderWeight weight, OrderedDictionary<string, Tensor> state, Layer model)
    {
        // GPT-2 has biases everywhere; those that a model lacks are zeros.
        if (!state.TryGetValue(weight.Parameter, out Tensor? parameter)) return Tensor.Zeros(weight.Shape, model.Parameters()[0].DType);
        return weight.Turn switch
        {
            Turn.Transposed => parameter.Transpose(0, 1),
            Turn.RotaryPairs when ((Llama)model).Settings is { Rope.Pairs: RopePairs.Adjacent } settings => RopeRows.ToHalves(parameter, settings.Width / settings.Heads),
            _ => parameter,
        };
    }

    static byte[] Settings(FolderLayout layout, PretrainedModel pretrained)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("architectures");
            json.WriteStringValue(layout.Kind.Class);
            json.WriteEndArray();
            json.WriteString("model_type", layout.Kind.Family);
            layout.WriteSettings(json);
            if (pretrained.Bos is { } bos) json.WriteNumber("bos_token_id", bos);
            if (pretrained.Tokenizer?.Eos is { } eos) json.WriteNumber("eos_token_id", eos);
            json.WriteString("torch_dtype", pretrained.Model.Parameters()[0].DType switch { DType.F64 => "float64", DType.F32 => "float32", DType.BF16 => "bfloat16", _ => "float16" });
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    // Before anything is allocated: shapes in the files are as large as the files, those in the configuration may be anything.
    static void Compare(string folder, FolderLayout layout, FolderFiles files)
    {
        if (layout.Layers > files.Names.Count)
            throw new FormatException($"pretrained: every layer has tensors, but {folder.Quoted()} has {files.Names.Count} tensors and its {Config} says {layout.Layers} layers.");
        List<string> missing = [], misshapen = [], mistyped = [];
        HashSet<string> unexpected = [.. files.Names.Where(n => !layout.Ignores(n))];
        foreach ((string name, _, Shape shape, _) in layout.Weights)
        {
            if (!unexpected.Remove(name))
            {
                missing.Add(name.Quoted());
                continue;
            }

            Spec given = files.Spec(name);
            if (given.Shape != shape) misshapen.Add($"{name.Quoted()} ({given.Shape} instead of {shape})");
            if (!given.DType.IsFloat) mistyped.Add($"{name.Quoted()} ({given.DType})");
        }

        StringBuilder faults = new();
        Tell("missing", missing);
        Tell("unexpected", [.. unexpected.Select(n => n.Quoted())]);
        Tell("of another shape", misshapen);
        Tell("no floating-point numbers", mistyped);
        if (faults.Length > 0) throw new FormatException($"pretrained: names and shapes must be those of the model, but in {folder.Quoted()} there are {faults}.");

        void Tell(string what, List<string> names)
        {
            if (names.Count == 0) return;
            faults.Append(faults.Length > 0 ? "; " : "").Append(what).Append(": ").Append(NameList.OfTexts(names));
        }
    }
}
