using System.Text.Json;
using Adjoint.Formats;

namespace Adjoint.Language.Folders;

/// <summary>The weights of a folder: one safetensors file, or several with an index. Headers are read at once, elements when asked for.</summary>
internal sealed class FolderFiles : IDisposable
{
    const string Single = "model.safetensors", Index = "model.safetensors.index.json";

    readonly Dictionary<string, (SafetensorsFile File, string FullName)> _tensors = [];
    readonly List<SafetensorsFile> _files = [];

    /// <summary>The names, without the prefix that some folders leave out.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public static FolderFiles Open(string folder, string prefix)
    {
        FolderFiles files = new();
        try
        {
            string single = Path.Combine(folder, Single), index = Path.Combine(folder, Index);
            if (File.Exists(single)) files.Add(single, prefix, null);
            else if (File.Exists(index)) files.AddAll(folder, JsonFile.Read(index), prefix);
            else throw Absent(folder);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public Spec Spec(string name) => _tensors[name].File.Spec(_tensors[name].FullName);

    /// <summary>Fills a parameter, converting what differs.</summary>
    public void LoadInto(string name, Tensor parameter, bool transposed)
    {
        (SafetensorsFile file, string fullName) = _tensors[name];
        if (!transposed && file.Spec(fullName).DType == parameter.DType)
        {
            file.LoadInto(fullName, parameter);
            return;
        }

        using Scope scope = Scope.Begin("pretrained");
        Tensor loaded = file.Load(fullName);
        parameter.CopyFrom(transposed ? loaded.Transpose(0, 1) : loaded);
    }

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files) file.Dispose();
    }

    void Add(string path, string prefix, HashSet<string>? wanted)
    {
        SafetensorsFile file = Safetensors.Read(path);
        _files.Add(file);
        foreach (string fullName in file.Names)
        {
            if (wanted is not null && !wanted.Contains(fullName)) continue;
            string name = fullName.StartsWith(prefix, StringComparison.Ordinal) ? fullName[prefix.Length..] : fullName;
            if (!_tensors.TryAdd(name, (file, fullName))) throw new FormatException($"pretrained: a tensor must occur once, but {name.Quoted()} occurs with and without {prefix.Quoted()} in {path.Quoted()}.");
        }

        if (wanted?.FirstOrDefault(n => !file.Contains(n)) is { } absent) throw new FormatException($"pretrained: a file must hold the tensors that the index says, but {absent.Quoted()} is not in {path.Quoted()}.");
    }

    void AddAll(string folder, JsonFile index, string prefix)
    {
        JsonFile map = index.Object("weight_map") ?? throw new FormatException($"pretrained: an index has a 'weight_map', but {index.File} has none.");
        foreach (IGrouping<string, string> file in map.Entries().GroupBy(e => map.TextOf(e.Name, e.Value), e => e.Name))
        {
            // A name from outside must not lead out of the folder.
            if (Path.GetFileName(file.Key) != file.Key || file.Key.Contains('\\') || !file.Key.EndsWith(".safetensors", StringComparison.Ordinal))
                throw new FormatException($"pretrained: an index names safetensors files beside it, but {index.File} names {file.Key.Quoted()}.");
            string path = Path.Combine(folder, file.Key);
            if (!File.Exists(path)) throw new FormatException($"pretrained: the files of an index must be there, but {file.Key.Quoted()} is not in {folder.Quoted()}.");
            Add(path, prefix, [.. file]);
        }
    }

    static FormatException Absent(string folder) => Directory.EnumerateFiles(folder).Any(f => Path.GetFileName(f) is "pytorch_model.bin" or "pytorch_model.bin.index.json")
        ? new FormatException($"pretrained: weights are read from safetensors, but {folder.Quoted()} has a pytorch_model.bin, which can hold any program. Hint: convert it to safetensors where it was made.")
        : new FormatException($"pretrained: a folder has {Single} or {Index}, but {folder.Quoted()} has neither.");
}
