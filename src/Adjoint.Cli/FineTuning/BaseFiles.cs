using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Adjoint.Formats;

namespace Adjoint.Cli.FineTuning;

/// <summary>The files that hold a model's weights, with what they are: whoever compares two sees whether they are the same, to the bit.</summary>
/// <param name="Path">The model's path.</param>
/// <param name="Sha256">The SHA-256 of each file by its name.</param>
internal sealed record BaseFiles(string Path, IReadOnlyList<(string Name, string Sha256)> Sha256)
{
    /// <summary>Reads all of them.</summary>
    public static BaseFiles Of(string path) => new(path, [.. Names(path).Select(f => (System.IO.Path.GetFileName(f), Hash(f)))]);

    /// <summary>The type that all weights have: F32 where they have several, or are no safetensors.</summary>
    public static DType Type(string path)
    {
        DType[] types = [.. Names(path).Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal)).SelectMany(Types).Distinct()];
        return types is [{ IsFloat: true } only] ? only : DType.F32;
    }

    /// <summary>What is shown of them: the hash, with the file's name where there are several.</summary>
    public IEnumerable<string> Lines => Sha256.Select(f => Sha256.Count == 1 ? f.Sha256 : $"{f.Sha256}  {f.Name}");

    public JsonObject Record() => new(Sha256.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Sha256)));

    /// <summary>Reads the files again.</summary>
    /// <exception cref="IOException">One is not what it was.</exception>
    public void MustBeTheSame(string command)
    {
        string[] changed = [.. Sha256.Except(Of(Path).Sha256).Select(f => f.Name)];
        if (changed.Length > 0) throw new IOException($"{command}: the files of the model must stay as they are, but {string.Join(", ", changed.Select(n => n.Quoted()))} of {Path.Quoted()} changed meanwhile. Hint: somebody else writes there; what was made does not belong to what is there now.");
    }

    static IEnumerable<string> Names(string path) => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.safetensors").Order(StringComparer.Ordinal) : [path];

    static string Hash(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    static DType[] Types(string file)
    {
        using SafetensorsFile open = Safetensors.Read(file);
        return [.. open.Names.Select(n => open.Spec(n).DType)];
    }
}
