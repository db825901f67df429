using System.Text.RegularExpressions;
using Adjoint.Training;

namespace Adjoint.Models;

/// <summary>What the linear layers of language models are called in Hugging Face's, for adapters that go there or come from there.</summary>
public static partial class HuggingFaceNames
{
    /// <summary>Those of a <see cref="Models.Llama"/>: <c>model.layers.0.self_attn.q_proj</c> for <c>Blocks.0.Query</c>.</summary>
    /// <remarks>Adapters of Hugging Face's Llamas fit a model whose rotary embedding pairs halves, see <see cref="LlamaSettings"/>.</remarks>
    public static AdapterNames Llama { get; } = new(path => path == "Head" ? "lm_head" : InBlock(path, "model.layers", part => part switch
    {
        "Query" => "self_attn.q_proj",
        "Key" => "self_attn.k_proj",
        "Value" => "self_attn.v_proj",
        "AttentionOutput" => "self_attn.o_proj",
        "Gate" => "mlp.gate_proj",
        "Up" => "mlp.up_proj",
        "Down" => "mlp.down_proj",
        _ => null,
    }));

    /// <summary>Those of a <see cref="Models.Gpt"/>: <c>transformer.h.0.attn.c_attn</c> for <c>Blocks.0.QueryKeyValue</c>.</summary>
    public static AdapterNames Gpt2 { get; } = new(path => path == "Head" ? "lm_head" : InBlock(path, "transformer.h", part => part switch
    {
        "QueryKeyValue" => "attn.c_attn",
        "AttentionOutput" => "attn.c_proj",
        "FeedForwardInner" => "mlp.c_fc",
        "FeedForwardOutput" => "mlp.c_proj",
        _ => null,
    }), IsTransposed: true);

    static string? InBlock(string path, string blocks, Func<string, string?> part) =>
        Block().Match(path) is { Success: true } match && part(match.Groups[2].Value) is { } name ? $"{blocks}.{match.Groups[1].Value}.{name}" : null;

    [GeneratedRegex(@"^Blocks\.(\d+)\.(\w+)$")]
    private static partial Regex Block();
}
