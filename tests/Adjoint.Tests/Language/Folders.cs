using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Tests.Formats;

namespace Adjoint.Tests.Language;

/// <summary>Small models in folders.</summary>
static class Folders
{
    public const int Vocabulary = 13, Context = 8;

    public static readonly GptSettings GptSettings = new() { Vocabulary = Vocabulary, Context = Context, Width = 12, Layers = 2, Heads = 3, Epsilon = 2e-5 };

    public static readonly LlamaSettings LlamaSettings = new()
    {
        Vocabulary = Vocabulary, Context = Context, Width = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 20, Epsilon = 2e-5,
        Rope = new() { Theta = 500, Pairs = RopePairs.Halves },
    };

    public static Layer Make(string kind)
    {
        Generator random = new(5);
        Layer model = kind switch
        {
            "gpt" => new Gpt(GptSettings, random),
            "gpt without biases" => new Gpt(GptSettings with { Bias = false, FeedForward = 20 }, random),
            "llama" => new Llama(LlamaSettings, random),
            "llama tied" => new Llama(LlamaSettings with { TiedHead = true, KeyValueHeads = null }, random),
            "llama window" => new Llama(LlamaSettings with { Window = 3 }, random),
            "llama scaled" => new Llama(LlamaSettings with { Rope = LlamaSettings.Rope with { Scaling = new(8, 1, 4, 64) } }, random),
            _ => new Llama(LlamaSettings with { Rope = LlamaSettings.Rope with { Pairs = RopePairs.Adjacent } }, random),
        };
        // Biases begin at 0 and norms at 1: so they would all be alike.
        using NoGrad off = NoGrad.Scope();
        foreach (Tensor parameter in model.Parameters()) parameter.CopyFrom(random.Normal(parameter.Shape, parameter.Rank == 1 ? 1 : 0, 0.3));
        model.Eval();
        return model;
    }

    public static Tensor Ids { get; } = new Generator(6).Integers([3, Context], 0, Vocabulary);

    /// <summary>In F64, so that the order of sums does not matter; the model is converted.</summary>
    public static double[] Scores(Layer model)
    {
        using NoGrad off = NoGrad.Scope();
        model.To(DType.F64);
        return model.Call(Ids).ToArray<double>();
    }

    public static string Save(TemporaryFolder folder, string kind)
    {
        string path = folder.File("model");
        new PretrainedModel(Make(kind), null, Context, 1).Save(path);
        return path;
    }

    /// <summary>Writes the weights of a folder again, changed.</summary>
    public static void Change(string path, Func<Dictionary<string, Tensor>, IEnumerable<KeyValuePair<string, Tensor>>> change)
    {
        string file = Path.Combine(path, "model.safetensors");
        Dictionary<string, Tensor> all;
        using (SafetensorsFile weights = Safetensors.Read(file)) all = weights.LoadAll().ToDictionary();
        Safetensors.Write(file, change(all));
    }

    public static void Config(string path, string from, string to)
    {
        string file = Path.Combine(path, "config.json"), text = File.ReadAllText(file);
        Xunit.Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
