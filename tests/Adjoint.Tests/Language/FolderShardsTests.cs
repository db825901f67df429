using System.Text.Json;
using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>Weights in several files with an index.</summary>
[Collection(Alone.Name)]
public sealed class FolderShardsTests : IDisposable
{
    const string Index = "model.safetensors.index.json";

    readonly TemporaryFolder _folder = new();

    string Path => _folder.File("model");

    public void Dispose() => _folder.Dispose();

    string File(string name) => System.IO.Path.Combine(Path, name);

    string[] Files => [.. Directory.GetFileSystemEntries(Path).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    void Save(string kind, long bytes = PretrainedModel.ShardBytes) => new PretrainedModel(Folders.Make(kind), null, Folders.Context, 1).Save(Path, bytes);

    Dictionary<string, string> Map() => JsonDocument.Parse(System.IO.File.ReadAllBytes(File(Index))).RootElement.GetProperty("weight_map").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);

    void Write(Dictionary<string, string> map) => System.IO.File.WriteAllText(File(Index), JsonSerializer.Serialize(new { weight_map = map }));

    [Theory]
    [InlineData("gpt", 4000)]
    [InlineData("gpt", 1)]
    [InlineData("llama", 5000)]
    [InlineData("llama tied", 10_000)]
    [InlineData("llama of adjacent pairs", 5000)]
    public void A_model_in_several_files_is_the_model(string kind, long most)
    {
        Save(kind, most);
        Dictionary<string, string> map = Map();
        string[] shards = [.. map.Values.Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(Enumerable.Range(1, shards.Length).Select(i => $"model-{i:D5}-of-{shards.Length:D5}.safetensors"), shards);
        Assert.True(shards.Length > 1);
        Assert.Equal(["config.json", .. shards, Index], Files);
        long total = 0;
        foreach (string shard in shards)
        {
            using SafetensorsFile file = Safetensors.Read(File(shard));
            Assert.Equal(map.Where(p => p.Value == shard).Select(p => p.Key).Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
            Assert.Equal("pt", file.Metadata["format"]);
            long bytes = file.Names.Sum(n => file.Spec(n).Shape.Elements * 4);
            Assert.True(bytes <= most || file.Names.Count == 1, $"{shard}: {bytes}");
            total += bytes;
        }

        Assert.Equal(total, JsonDocument.Parse(System.IO.File.ReadAllBytes(File(Index))).RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        Assert.Equal(Folders.Scores(Folders.Make(kind)), Folders.Scores(PretrainedModel.Load(Path).Model), (a, b) => Math.Abs(a - b) < 1e-13);
    }

    [Fact]
    public void What_an_earlier_model_left_is_removed()
    {
        Save("gpt", 4000);
        Save("llama");
        Assert.Equal(["config.json", "model.safetensors"], Files);
        Save("llama", 3000);
        int many = Files.Length;
        Save("llama", 6000);
        Assert.True(Files.Length < many);
        Assert.Equal(["config.json", .. Map().Values.Distinct().Order(StringComparer.Ordinal), Index], Files);
        Assert.Equal(Folders.Scores(Folders.Make("llama")), Folders.Scores(PretrainedModel.Load(Path).Model));
    }

    [Fact]
    public void A_model_of_one_file_has_no_index_however_exact_the_limit()
    {
        long bytes = Folders.Make("gpt").Parameters().Sum(p => p.Elements * 4);
        Save("gpt", bytes);
        Assert.Equal(["config.json", "model.safetensors"], Files);
        Save("gpt", bytes - 1);
        Assert.Equal(2, Map().Values.Distinct().Count());
    }

    [Fact]
    public void A_save_that_fails_leaves_the_model_that_was_there()
    {
        Save("gpt", 4000);
        string[] before = Files;
        Directory.CreateDirectory(File("model-00001-of-00002.safetensors"));
        Assert.ThrowsAny<Exception>(() => Save("gpt", 14_000));
        Directory.Delete(File("model-00001-of-00002.safetensors"));
        // The first file could not be put in place: nothing of the other model is there, and the folder is not taken for whole.
        Assert.Equal(before.Where(f => f != "config.json"), Files);
        Assert.Equal($"pretrained: a folder has a config.json, but '{Path}' has none.", Refused());
    }

    [Fact]
    public void Files_that_are_missing_are_listed()
    {
        Save("gpt", 4000);
        string[] shards = [.. Map().Values.Distinct()];
        System.IO.File.Delete(File(shards[0]));
        Assert.Equal($"pretrained: the files of an index must be there, but '{shards[0]}' is not in '{Path}'.", Refused());
        System.IO.File.Delete(File(shards[2]));
        Assert.Equal($"pretrained: the files of an index must be there, but '{shards[0]}', '{shards[2]}' are not in '{Path}'.", Refused());
    }

    [Fact]
    public void Tensors_that_are_not_where_the_index_says_are_listed()
    {
        Save("gpt", 4000);
        Dictionary<string, string> map = Map();
        string[] shards = [.. map.Values.Distinct().Order(StringComparer.Ordinal)];
        string[] moved = [.. map.Where(p => p.Value == shards[1]).Select(p => p.Key).Order(StringComparer.Ordinal).Take(2)];
        foreach (string name in moved) map[name] = shards[0];
        Write(map);
        Assert.Equal($"pretrained: a file must hold the tensors that the index says, but '{moved[0]}', '{moved[1]}' are not in '{File(shards[0])}'.", Refused());
        map[moved[1]] = shards[1];
        Write(map);
        Assert.Equal($"pretrained: a file must hold the tensors that the index says, but '{moved[0]}' is not in '{File(shards[0])}'.", Refused());
    }

    [Fact]
    public void Tensors_in_two_files_are_listed()
    {
        Save("gpt", 4000);
        Dictionary<string, string> map = Map();
        string[] shards = [.. map.Values.Distinct().Order(StringComparer.Ordinal)];
        string[] copied = [.. map.Where(p => p.Value == shards[1]).Select(p => p.Key).Order(StringComparer.Ordinal).Take(2)];
        Copy(copied[..1]);
        Assert.Equal($"pretrained: a tensor must be in one of the files of an index, but in '{Path}' '{copied[0]}' is in several.", Refused());
        Copy(copied[1..]);
        Assert.Equal($"pretrained: a tensor must be in one of the files of an index, but in '{Path}' '{copied[0]}', '{copied[1]}' are in several.", Refused());

        void Copy(string[] names)
        {
            Dictionary<string, Tensor> all;
            using (SafetensorsFile file = Safetensors.Read(File(shards[0]))) all = file.LoadAll().ToDictionary();
            using (SafetensorsFile other = Safetensors.Read(File(shards[1])))
                foreach (string name in names) all.Add(name, other.Load(name));
            Safetensors.Write(File(shards[0]), all);
        }
    }

    [Fact]
    public void A_file_needs_room() => Assert.Equal(
        "pretrained: a file of weights must have room for a byte at least, but its most is 0. (Parameter 'shardBytes')",
        Assert.Throws<ArgumentOutOfRangeException>(() => Save("gpt", 0)).Message);

    string Refused() => Assert.Throws<FormatException>(() => PretrainedModel.Load(Path)).Message;
}
