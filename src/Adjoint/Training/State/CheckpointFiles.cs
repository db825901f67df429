using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Adjoint.Formats;

namespace Adjoint.Training;

/// <summary>The files of one checkpoint: a safetensors file for each part that has tensors, and <c>state.json</c>, which names them with their lengths and sums.</summary>
internal static class CheckpointFiles
{
    const string Format = "adjoint-training-state", StateFile = "state.json";
    const int Version = 1;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes into an empty folder; every file is on disk when this returns.</summary>
    public static void Write(string folder, OrderedDictionary<string, PartState> states, long step)
    {
        var parts = new JsonObject();
        foreach ((string name, PartState state) in states)
        {
            var part = new JsonObject { ["values"] = state.Values.DeepClone() };
            if (state.Tensors.Count > 0)
            {
                string file = Path.Combine(folder, $"{name}.safetensors");
                Flushed(file, stream => Safetensors.Write(stream, state.Tensors));
                part["bytes"] = new FileInfo(file).Length;
                part["sha256"] = Sum(file);
            }

            parts.Add(name, part);
        }

        var all = new JsonObject { ["format"] = Format, ["version"] = Version, ["step"] = step, ["parts"] = parts };
        Flushed(Path.Combine(folder, StateFile), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(all.ToJsonString(Indented) + "\n")));
    }

    /// <summary>Reads a checkpoint after everything about its files was compared.</summary>
    /// <exception cref="FormatException">A file is not what was written; the sentence says which.</exception>
    public static (long Step, Dictionary<string, PartState> Parts) Read(string folder)
    {
        string path = Path.Combine(folder, StateFile);
        if (!File.Exists(path)) throw new FormatException($"checkpoint: a checkpoint has a {StateFile}, but {folder.Quoted()} has none.");
        try
        {
            JsonObject all = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
            if ((string?)all["format"] != Format) throw new FormatException($"checkpoint: the format must be {Format}, but {path.Quoted()} has {((string?)all["format"] ?? "none").Quoted()}.");
            if ((int)all["version"]! is var version and not Version) throw new FormatException($"checkpoint: this version reads version {Version}, but {path.Quoted()} is of version {version}. Hint: use the version of Adjoint that wrote it.");
            var parts = new Dictionary<string, PartState>();
            foreach ((string name, JsonNode? part) in all["parts"]!.AsObject())
                parts.Add(name, new(part!["sha256"] is { } sum ? Tensors(Path.Combine(folder, $"{name}.safetensors"), (long)part["bytes"]!, (string)sum!) : new Dictionary<string, Tensor>(), part["values"]!.AsObject()));
            return ((long)all["step"]!, parts);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or System.FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException($"checkpoint: {StateFile} must be what Adjoint writes, but {path.Quoted()} is not: {e.Message}", e);
        }
    }

    static IReadOnlyDictionary<string, Tensor> Tensors(string path, long bytes, string sum)
    {
        if (!File.Exists(path)) throw new FormatException($"checkpoint: all files that {StateFile} names must be there, but {path.Quoted()} is not.");
        long length = new FileInfo(path).Length;
        if (length != bytes) throw new FormatException($"checkpoint: the file must have the {bytes:N0} bytes that were written, but {path.Quoted()} has {length:N0}.");
        if (Sum(path) != sum) throw new FormatException($"checkpoint: the file must have the SHA-256 sum that was written down, but {path.Quoted()} has another.");
        using SafetensorsFile file = Safetensors.Read(path);
        return file.LoadAll();
    }

    static void Flushed(string path, Action<Stream> write)
    {
        using FileStream stream = AtomicFile.Create(path);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Of the file as it can be read back.</summary>
    static string Sum(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
