using System.Text.Json;
using Adjoint.Formats;

namespace Adjoint.Language.Folders;

/// <summary>The weights of a folder: one safetensors file, or several with an index. Headers are read at once, elements when asked for.</summary>
internal sealed class FolderFiles : IDisposable
{
    public const string Single = "model.safetensors", Index = "model.safetensors.index.json";

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

        if (wanted?.Where(n => !file.Contains(n)).ToArray() is { Length: > 0 } absent)
            throw new FormatException($"pretrained: a file must hold the tensors that the index says, but {NameList.Of(absent)} {(absent.Length == 1 ? "is" : "are")} not in {path.Quoted()}.");
    }

    void AddAll(string folder, JsonFile index, string prefix)
    {
        JsonFile map = index.Object("weight_map") ?? throw new FormatException($"pretrained: an index has a 'weight_map', but {index.File} has none.");
        IGrouping<string, string>[] shards = [.. map.Entries().GroupBy(e => map.TextOf(e.Name, e.Value), e => e.Name)];
        // A name from outside must not lead out of the folder.
        if (shards.FirstOrDefault(s => Path.GetFileName(s.Key) != s.Key || s.Key.Contains('\\') || !s.Key.EndsWith(".safetensors", StringComparison.Ordinal)) is { } stray)
            throw new FormatException($"pretrained: an index names safetensors files beside it, but {index.File} names {stray.Key.Quoted()}.");
        string[] missing = [.. shards.Select(s => s.Key).Where(name => !File.Exists(Path.Combine(folder, name)))];
        if (missing.Length > 0) throw new FormatException($"pretrained: the files of an index must be there, but {NameList.Of(missing)} {(missing.Length == 1 ? "is" : "are")} not in {folder.Quoted()}.");
        foreach (IGrouping<string, string> shard in shards) Add(Path.Combine(folder, shard.Key), prefix, [.. shard]);
        // Which of two is meant nobody can say, though the index names one.
        string[] twice = [.. _files.SelectMany(f => f.Names).GroupBy(n => n, StringComparer.Ordinal).Where(n => n.Count() > 1).Select(n => n.Key)];
        if (twice.Length > 0) throw new FormatException($"pretrained: a tensor must be in one of the files of an index, but in {folder.Quoted()} {NameList.Of(twice)} {(twice.Length == 1 ? "is" : "are")} in several.");
    }

    static FormatException Absent(string folder) => Directory.EnumerateFiles(folder).Any(f => Path.GetFileName(f) is "pytorch_model.bin" or "pytorch_model.bin.index.json")
        ? new FormatException($"pretrained: weights are read from safetensors, but {folder.Quoted()} has a pytorch_model.bin, which can hold any program. Hint: convert it to safetensors where it was made.")
        : new FormatException($"pretrained: a folder has {Single} or {Index}, but {folder.Quoted()} has neither.");
}
