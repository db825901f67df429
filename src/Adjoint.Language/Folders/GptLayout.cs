using System.Text.Json;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Language.Folders;

/// <summary>A <see cref="Gpt"/> as <c>GPT2LMHeadModel</c>: matrices have their inputs first, as in the convolution of size 1 that they once were.</summary>
internal sealed class GptLayout(GptSettings settings) : FolderLayout
{
    public GptSettings Settings => settings;

    public override (string Family, string Class) Kind => ("gpt2", "GPT2LMHeadModel");

    public override int Layers => settings.Layers;

    public override long Vocabulary => settings.Vocabulary;

    public override long Context => settings.Context;

    public override string Prefix => "transformer.";

    public override AdapterNames Adapters => HuggingFaceNames.Gpt2;

    public override IEnumerable<FolderWeight> Weights
    {
        get
        {
            (long width, long inner) = (settings.Width, settings.FeedForward ?? 4 * settings.Width);
            yield return new("wte.weight", "Tokens.Weight", [settings.Vocabulary, width]);
            yield return new("wpe.weight", "Positions.Weight", [settings.Context, width]);
            for (int i = 0; i < settings.Layers; i++)
            {
                foreach (FolderWeight weight in Pair($"h.{i}.ln_1", $"Blocks.{i}.AttentionNorm", [width])) yield return weight;
                foreach (FolderWeight weight in Pair($"h.{i}.attn.c_attn", $"Blocks.{i}.QueryKeyValue", [width, 3 * width])) yield return weight;
                foreach (FolderWeight weight in Pair($"h.{i}.attn.c_proj", $"Blocks.{i}.AttentionOutput", [width, width])) yield return weight;
                foreach (FolderWeight weight in Pair($"h.{i}.ln_2", $"Blocks.{i}.FeedForwardNorm", [width])) yield return weight;
                foreach (FolderWeight weight in Pair($"h.{i}.mlp.c_fc", $"Blocks.{i}.FeedForwardInner", [width, inner])) yield return weight;
                foreach (FolderWeight weight in Pair($"h.{i}.mlp.c_proj", $"Blocks.{i}.FeedForwardOutput", [inner, width])) yield return weight;
            }

            foreach (FolderWeight weight in Pair("ln_f", "Norm", [width])) yield return weight;
        }
    }

    // Masks were buffers; the head is the token embedding.
    public override bool Ignores(string name) =>
        name == "lm_head.weight" || (name.StartsWith("h.", StringComparison.Ordinal) && (name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal)));

    public override Layer Make(DType dtype) => new Gpt(settings, new Generator(0), dtype);

    public static GptLayout Read(JsonFile config)
    {
        string activation = config.Text("activation_function") ?? "gelu_new";
        if (activation is not ("gelu_new" or "gelu_pytorch_tanh")) throw config.Unsupported("activation_function", "GPT-2's activation is \"gelu_new\"");
        if (!config.Flag("scale_attn_weights", true)) throw config.Unsupported("scale_attn_weights", "attention is scaled");
        if (config.Flag("scale_attn_by_inverse_layer_idx", false)) throw config.Unsupported("scale_attn_by_inverse_layer_idx", "attention is scaled alike in all layers");
        if (config.Flag("add_cross_attention", false)) throw config.Unsupported("add_cross_attention", "a GPT attends to itself alone");
        if (!config.Flag("tie_word_embeddings", true)) throw config.Unsupported("tie_word_embeddings", "the head of a GPT is its token embedding");
        double dropout = config.Number("resid_pdrop", 0.1);
        foreach (string name in (string[])["embd_pdrop", "attn_pdrop"])
            if (config.Number(name, 0.1) != dropout) throw config.Unsupported(config.Has(name) ? name : "resid_pdrop", "a GPT drops with one probability everywhere");

        GptSettings settings = new()
        {
            Vocabulary = config.Size("vocab_size"), Context = config.Size("n_positions", config.Has("n_ctx") ? config.Size("n_ctx") : null), Width = config.Size("n_embd"),
            Layers = config.Size("n_layer"), Heads = config.Size("n_head"), FeedForward = config.Has("n_inner") ? config.Size("n_inner") : null,
            Dropout = dropout, Epsilon = config.Number("layer_norm_epsilon", 1e-5),
        };
        Check(config, () => settings.ParameterCount);
        return new(settings);
    }

    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("vocab_size", settings.Vocabulary);
        json.WriteNumber("n_positions", settings.Context);
        json.WriteNumber("n_ctx", settings.Context);
        json.WriteNumber("n_embd", settings.Width);
        json.WriteNumber("n_layer", settings.Layers);
        json.WriteNumber("n_head", settings.Heads);
        if (settings.FeedForward is { } inner) json.WriteNumber("n_inner", inner);
        else json.WriteNull("n_inner");
        json.WriteString("activation_function", "gelu_new");
        json.WriteNumber("layer_norm_epsilon", settings.Epsilon);
        foreach (string name in (string[])["resid_pdrop", "embd_pdrop", "attn_pdrop"]) json.WriteNumber(name, settings.Dropout);
        json.WriteBoolean("tie_word_embeddings", true);
    }

    static FolderWeight[] Pair(string name, string layer, Shape shape) =>
    [
        new($"{name}.weight", $"{layer}.Weight", shape, shape.Rank == 2 ? Turn.Transposed : Turn.None),
        new($"{name}.bias", $"{layer}.Bias", [shape[^1]]),
    ];
}
