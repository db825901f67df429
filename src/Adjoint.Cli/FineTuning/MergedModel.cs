using Adjoint.Cli.Runs;
using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Cli.FineTuning;

/// <summary>A copy of a model with adapters in its weights, in the model's own format and element type.</summary>
internal static class MergedModel
{
    const string Command = "merge", WeightsName = "model.safetensors";

    /// <summary>Refuses a place where something is, above all the model itself, and a name of another format.</summary>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="UsageException">The new model cannot be there.</exception>
    public static void CheckPath(string model, string path)
    {
        if (!Path.Exists(model)) throw new FileNotFoundException($"merge: a run's folder, a folder of Hugging Face or a file of llama2.c must be named, but {model.Quoted()} does not exist.");
        bool isFile = IsFile(model);
        if (Same(model, path)) throw new UsageException($"merge: the new model needs a place of its own, but --out names the model itself, {path.Quoted()}. Hint: name another.");
        if (isFile != path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)) throw new UsageException($"merge: the new model has the format of the old one, which is {(isFile ? "a file of llama2.c, so that --out must end in .bin" : "a folder, so that --out must not end in .bin")}, but --out is {path.Quoted()}.");
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())) throw new UsageException($"merge: --out must be new{(isFile ? "" : " or empty")}, but {path.Quoted()} {(Directory.Exists(path) ? "holds files" : "exists")}. Hint: name another.");
        if (isFile && Directory.Exists(path)) throw new UsageException($"merge: --out must be new, but {path.Quoted()} is a folder. Hint: name another.");
    }

    /// <summary>Reads both, and writes the new model: it appears whole or not at all.</summary>
    /// <returns>How many linear layers had adapters.</returns>
    public static int Write(string model, string adapter, string path)
    {
        bool isRun = LanguageModelFile.IsRun(model), isFile = IsFile(model);
        PretrainedModel merged = isRun ? LanguageModelFile.Load(model, null, Command) : PretrainedModel.Load(model, null, BaseFiles.Type(model));
        if (!Directory.Exists(adapter)) throw new FileNotFoundException($"merge: --adapter must name a folder, but {adapter.Quoted()} {(File.Exists(adapter) ? "is a file" : "does not exist")}.");
        AdapterFile.Load(adapter, merged.Model, merged.AdapterNames, new Generator(0));
        int layers = Lora.Layers(merged.Model).Count;
        Lora.Merge(merged.Model);
        if (isFile) merged.Save(path);
        else InFolder(path, folder =>
        {
            if (isRun) SaveRun(model, merged.Model, folder);
            else SaveFolder(model, merged, folder);
        });
        return layers;
    }

    static bool IsFile(string model) => File.Exists(model) && !LanguageModelFile.IsRun(model);

    static void SaveRun(string model, Layer merged, string folder)
    {
        string file = Directory.Exists(model) ? Path.Combine(model, WeightsName) : model;
        using SafetensorsFile old = Safetensors.Read(file);
        Safetensors.Write(Path.Combine(folder, WeightsName), merged.State().Where(t => !Lora.IsOfAdapter(t.Key)), old.Metadata);
    }

    static void SaveFolder(string model, PretrainedModel merged, string folder)
    {
        merged.Save(folder);
        // As they are: settings and tokenizer stay the same, and hold more than is read here.
        foreach (string file in Directory.EnumerateFiles(model))
        {
            string name = Path.GetFileName(file);
            if (IsCompanion(name)) File.Copy(file, Path.Combine(folder, name), overwrite: true);
        }
    }

    static bool IsCompanion(string name) => name is "config.json" or "tokenizer.json" or "tokenizer.model" or "tokenizer_config.json" or "special_tokens_map.json" or "added_tokens.json" or "vocab.json" or "merges.txt" or "generation_config.json" or "chat_template.jinja" or "chat_template.json";

    /// <summary>Writes into a folder beside the one that is wanted, and renames it.</summary>
    static void InFolder(string path, Action<string> write)
    {
        string whole = Path.GetFullPath(Path.TrimEndingDirectorySeparator(path)), parent = Path.GetDirectoryName(whole)!;
        string unnamed = Path.Combine(parent, $".{Path.GetFileName(whole)}.{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(unnamed);
            write(unnamed);
            if (Directory.Exists(whole)) Directory.Delete(whole);
            Directory.Move(unnamed, whole);
        }
        catch (Exception e)
        {
            if (Directory.Exists(unnamed)) Directory.Delete(unnamed, recursive: true);
            if (DiskFault.Is(e)) throw new IOException($"merge: the new model must be written whole, but {path.Quoted()} could not be. {DiskFault.Reason(e)}", e);
            throw;
        }
    }

    // By what they are, not how they are written: links and dots lead to the same place.
    static bool Same(string a, string b) => Path.Exists(b) && string.Equals(Final(a), Final(b), StringComparison.Ordinal);

    static string Final(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
        return info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
    }
}
