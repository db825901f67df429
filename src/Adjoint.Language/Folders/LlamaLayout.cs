using System.Text.Json;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Language.Folders;

/// <summary>A <see cref="Llama"/> as <c>LlamaForCausalLM</c>, or with a window as <c>MistralForCausalLM</c>: rotary pairs are halves of a head.</summary>
internal sealed class LlamaLayout(LlamaSettings settings) : FolderLayout
{
    /// <summary>The family whose tokens see a window.</summary>
    public const string Mistral = "mistral";

    public LlamaSettings Settings => settings;

    public override (string Family, string Class) Kind => settings.Window is null ? ("llama", "LlamaForCausalLM") : (Mistral, "MistralForCausalLM");

    public override int Layers => settings.Layers;

    public override long Vocabulary => settings.Vocabulary;

    public override long Context => settings.Context;

    public override string Prefix => "model.";

    public override AdapterNames Adapters => HuggingFaceNames.Llama with { Rows = settings.Rope.Pairs == RopePairs.Halves ? null : path => path.EndsWith(".Query", StringComparison.Ordinal) || path.EndsWith(".Key", StringComparison.Ordinal) ? Halves : null };

    /// <summary>Queries and keys, as <see cref="Turn.RotaryPairs"/> says.</summary>
    AdapterRows Halves => new(rows => RopeRows.ToHalves(rows, settings.Width / settings.Heads), rows => RopeRows.ToAdjacent(rows, settings.Width / settings.Heads));

    public override IEnumerable<FolderWeight> Weights
    {
        get
        {
            (long width, long inner, long shared) = (settings.Width, settings.FeedForward, settings.Width / settings.Heads * (settings.KeyValueHeads ?? settings.Heads));
            yield return new("embed_tokens.weight", "Tokens.Weight", [settings.Vocabulary, width]);
            for (int i = 0; i < settings.Layers; i++)
            {
                string from = $"layers.{i}", to = $"Blocks.{i}";
                yield return new($"{from}.input_layernorm.weight", $"{to}.AttentionNorm.Weight", [width]);
                yield return new($"{from}.self_attn.q_proj.weight", $"{to}.Query.Weight", [width, width], Turn.RotaryPairs);
                yield return new($"{from}.self_attn.k_proj.weight", $"{to}.Key.Weight", [shared, width], Turn.RotaryPairs);
                yield return new($"{from}.self_attn.v_proj.weight", $"{to}.Value.Weight", [shared, width]);
                yield return new($"{from}.self_attn.o_proj.weight", $"{to}.AttentionOutput.Weight", [width, width]);
                yield return new($"{from}.post_attention_layernorm.weight", $"{to}.FeedForwardNorm.Weight", [width]);
                yield return new($"{from}.mlp.gate_proj.weight", $"{to}.Gate.Weight", [inner, width]);
                yield return new($"{from}.mlp.up_proj.weight", $"{to}.Up.Weight", [inner, width]);
                yield return new($"{from}.mlp.down_proj.weight", $"{to}.Down.Weight", [width, inner]);
            }

            yield return new("norm.weight", "Norm.Weight", [width]);
            if (!settings.TiedHead) yield return new("lm_head.weight", "Head.Weight", [settings.Vocabulary, width]);
        }
    }

    public override bool Ignores(string name) =>
        (settings.TiedHead && name == "lm_head.weight") || (name.StartsWith("layers.", StringComparison.Ordinal) && name.EndsWith(".self_attn.rotary_emb.inv_freq", StringComparison.Ordinal));

    public override Layer Make(DType dtype) => new Llama(settings, new Generator(0), dtype);

    public static LlamaLayout Read(JsonFile config)
    {
        if (config.Flag("attention_bias", false)) throw config.Unsupported("attention_bias", "the matrices of a Llama have no biases");
        if (config.Flag("mlp_bias", false)) throw config.Unsupported("mlp_bias", "the matrices of a Llama have no biases");
        if ((config.Text("hidden_act") ?? "silu") != "silu") throw config.Unsupported("hidden_act", "a Llama's activation is \"silu\"");
        int heads = config.Size("num_attention_heads"), width = config.Size("hidden_size");
        if (config.Has("head_dim") && (long)config.Size("head_dim") * heads != width) throw config.Unsupported("head_dim", $"heads must fill the width of {width}, of which there are {heads}");

        LlamaSettings settings = new()
        {
            Vocabulary = config.Size("vocab_size"), Context = config.Size("max_position_embeddings", 2048), Width = width, Layers = config.Size("num_hidden_layers"),
            Heads = heads, KeyValueHeads = config.Has("num_key_value_heads") ? config.Size("num_key_value_heads") : null, FeedForward = config.Size("intermediate_size"),
            TiedHead = config.Flag("tie_word_embeddings", false), Epsilon = config.Number("rms_norm_eps", 1e-6), Rope = Rope(config),
        };
        // What Mistral's configuration takes for left out is not what a Llama's does; null means no window.
        if (config.Text("model_type") == Mistral)
            settings = settings with { Window = config.Has("sliding_window") ? config.Size("sliding_window") : config.Mentions("sliding_window") ? null : 4096, KeyValueHeads = settings.KeyValueHeads ?? 8 };
        Check(config, () => settings.ParameterCount);
        return new(settings);
    }

    // Version 5 of the library has base and scaling in one object.
    static RopeSettings Rope(JsonFile config)
    {
        JsonFile? given = config.Object("rope_parameters") ?? config.Object("rope_scaling");
        double theta = given?.Has("rope_theta") == true ? given.Number("rope_theta") : config.Number("rope_theta", 10_000);
        RopeSettings rope = new() { Theta = theta, Pairs = RopePairs.Halves };
        if (given is null) return rope;
        string name = given.Has("rope_type") ? "rope_type" : "type";
        string kind = given.Text(name) ?? "default";
        if (kind == "default") return rope;
        if (kind != "llama3") throw given.Unsupported(name, "rotary positions are scaled as \"llama3\" or not at all");
        return rope with
        {
            Scaling = new(given.Number("factor"), given.Number("low_freq_factor"), given.Number("high_freq_factor"), given.Size("original_max_position_embeddings")),
        };
    }

    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("vocab_size", settings.Vocabulary);
        json.WriteNumber("max_position_embeddings", settings.Context);
        json.WriteNumber("hidden_size", settings.Width);
        json.WriteNumber("intermediate_size", settings.FeedForward);
        json.WriteNumber("num_hidden_layers", settings.Layers);
        json.WriteNumber("num_attention_heads", settings.Heads);
        json.WriteNumber("num_key_value_heads", settings.KeyValueHeads ?? settings.Heads);
        json.WriteNumber("head_dim", settings.Width / settings.Heads);
        if (settings.Window is { } window) json.WriteNumber("sliding_window", window);
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("rms_norm_eps", settings.Epsilon);
        json.WriteNumber("rope_theta", settings.Rope.Theta);
        if (settings.Rope.Scaling is { } scaling)
        {
            json.WriteStartObject("rope_scaling");
            json.WriteString("rope_type", "llama3");
            json.WriteNumber("factor", scaling.Factor);
            json.WriteNumber("low_freq_factor", scaling.LowFrequency);
            json.WriteNumber("high_freq_factor", scaling.HighFrequency);
            json.WriteNumber("original_max_position_embeddings", scaling.OriginalContext);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("rope_scaling");
        }

        json.WriteBoolean("attention_bias", false);
        json.WriteBoolean("mlp_bias", false);
        json.WriteBoolean("tie_word_embeddings", settings.TiedHead);
    }
}
