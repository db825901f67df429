using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Cli.Inspecting;

/// <summary>A published model of which sizes are to be seen.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Context">The most tokens of a row; null for models of images.</param>
/// <param name="Make">The model.</param>
/// <param name="Rows">What goes into it: so many rows, of so many tokens.</param>
internal sealed record KnownModel(string Name, long? Context, Func<Generator, Layer> Make, Func<long, long, Tensor> Rows)
{
    /// <summary>The tokens of a row where nobody says otherwise.</summary>
    const long UsualTokens = 1024;

    public static IReadOnlyList<KnownModel> All { get; } =
    [
        Gpt("gpt2-124m", GptSettings.Gpt2Of124M), Gpt("gpt2-355m", GptSettings.Gpt2Of355M), Gpt("gpt2-774m", GptSettings.Gpt2Of774M), Gpt("gpt2-1558m", GptSettings.Gpt2Of1558M),
        Llama("llama-2-7b", LlamaSettings.Llama2Of7B), Llama("llama-2-13b", LlamaSettings.Llama2Of13B), Llama("llama-2-70b", LlamaSettings.Llama2Of70B),
        Llama("llama-3.1-8b", LlamaSettings.Llama31Of8B), Llama("llama-3.1-70b", LlamaSettings.Llama31Of70B), Llama("llama-3.1-405b", LlamaSettings.Llama31Of405B),
        Llama("llama-3.2-1b", LlamaSettings.Llama32Of1B), Llama("llama-3.2-3b", LlamaSettings.Llama32Of3B), Llama("stories260k", LlamaSettings.Stories260K),
        new("lenet", null, random => new LeNet(random), (batch, _) => Tensor.Zeros([batch, 1, 28, 28])),
        new("resnet18", null, random => ResNet.ImageNet18(1000, random), (batch, _) => Tensor.Zeros([batch, 3, 224, 224])),
        new("resnet50", null, random => ResNet.ImageNet50(1000, random), (batch, _) => Tensor.Zeros([batch, 3, 224, 224])),
    ];

    /// <summary>What is counted: tokens, or images.</summary>
    public string Unit => Context is null ? "image" : "token";

    /// <summary>The tokens of a row: as asked for, else the context or 1024, whichever is less. One image is one.</summary>
    public long Tokens(long? asked) => Context is { } context ? asked ?? Math.Min(context, UsualTokens) : 1;

    static KnownModel Gpt(string name, GptSettings settings) => new(name, settings.Context, random => new Gpt(settings, random), Ids);

    static KnownModel Llama(string name, LlamaSettings settings) => new(name, settings.Context, random => new Llama(settings, random), Ids);

    static Tensor Ids(long batch, long tokens) => Tensor.Zeros([batch, tokens], DType.I64);
}
