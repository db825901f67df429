using System.Text.Encodings.Web;
using System.Text.Json;
using Adjoint.Formats;

namespace Adjoint.Language.Folders;

/// <summary>Writes the weights of a folder: in one file, or, where that would be too large, in several with an index of what is where.</summary>
/// <remarks>Names and index: <c>split_torch_state_dict_into_shards</c> of the library <c>huggingface_hub</c>.</remarks>
internal static class FolderShards
{
    static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Writes tensors in their order.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="weights">The tensors by their full names.</param>
    /// <param name="mostBytes">The most bytes of elements that one file may have; a tensor that is larger has a file of its own.</param>
    /// <param name="mark">The file without which nobody reads the folder.</param>
    public static void Write(string folder, IReadOnlyList<KeyValuePair<string, Tensor>> weights, long mostBytes, string mark)
    {
        List<KeyValuePair<string, Tensor>[]> shards = Split(weights, mostBytes);
        HashSet<string> stale = [.. Directory.EnumerateFiles(folder, "model*").Select(Path.GetFileName).OfType<string>().Where(IsWeights)];
        if (shards.Count == 1)
        {
            Safetensors.Write(Path.Combine(folder, FolderFiles.Single), shards[0], Metadata);
            stale.Remove(FolderFiles.Single);
        }
        else
        {
            WriteAll(folder, shards, mark, stale);
        }

        foreach (string name in stale) File.Delete(Path.Combine(folder, name));
    }

    /// <summary>Files that belong together and cannot be renamed at once: they are whole in a folder of their own before the first is.</summary>
    static void WriteAll(string folder, List<KeyValuePair<string, Tensor>[]> shards, string mark, HashSet<string> stale)
    {
        string staging = AtomicFile.Temporary(Path.Combine(folder, "model"));
        Directory.CreateDirectory(staging);
        try
        {
            string[] names = [.. Enumerable.Range(1, shards.Count).Select(i => $"model-{i:D5}-of-{shards.Count:D5}.safetensors")];
            for (int i = 0; i < names.Length; i++) Safetensors.Write(Path.Combine(staging, names[i]), shards[i], Metadata);
            AtomicFile.Write(Path.Combine(staging, FolderFiles.Index), stream => stream.Write(Index(names, shards)));
            // Whoever stops the program between two of these leaves a folder that is refused, and not one of two models.
            File.Delete(Path.Combine(folder, mark));
            foreach (string name in (string[])[.. names, FolderFiles.Index])
            {
                File.Move(Path.Combine(staging, name), Path.Combine(folder, name), overwrite: true);
                stale.Remove(name);
            }
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    static List<KeyValuePair<string, Tensor>[]> Split(IReadOnlyList<KeyValuePair<string, Tensor>> weights, long mostBytes)
    {
        List<KeyValuePair<string, Tensor>[]> shards = [];
        List<KeyValuePair<string, Tensor>> shard = [];
        long held = 0;
        foreach (KeyValuePair<string, Tensor> weight in weights)
        {
            long bytes = Bytes(weight.Value);
            if (shard.Count > 0 && bytes > mostBytes - held)
            {
                shards.Add([.. shard]);
                shard.Clear();
                held = 0;
            }

            shard.Add(weight);
            held += bytes;
        }

        shards.Add([.. shard]);
        return shards;
    }

    static byte[] Index(string[] names, List<KeyValuePair<string, Tensor>[]> shards)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", shards.Sum(s => s.Sum(w => Bytes(w.Value))));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach ((string name, string file) in shards.SelectMany((s, i) => s.Select(w => (w.Key, names[i]))).OrderBy(w => w.Key, StringComparer.Ordinal)) json.WriteString(name, file);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    static long Bytes(Tensor tensor) => tensor.Elements * tensor.DType.Bytes;

    static bool IsWeights(string name) => name is FolderFiles.Single or FolderFiles.Index || (name.StartsWith("model-", StringComparison.Ordinal) && name.Contains("-of-", StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal));
}
