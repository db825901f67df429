namespace Adjoint.Bench.Peers;

/// <summary>A piece of work that both sides do.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Flops">The floating-point operations of a step: matrix products and convolutions, a backward pass counting twice.</param>
/// <param name="Bytes">For work bound by memory: the bytes that have to pass, at least.</param>
/// <param name="Tolerance">How far the two sides' losses may differ, relatively.</param>
/// <param name="Steps">For a whole training, which is timed from its first step to its last: how many it has; otherwise single steps are timed.</param>
internal sealed record Workload(string Name, double Flops = 0, double Bytes = 0, double Tolerance = 1e-3, int? Steps = null);

/// <summary>All work, by name.</summary>
internal static class Catalog
{
    /// <summary>
    /// Fifty fresh layers amplify rounding: at 0.01 either side's fourth loss is a few per cent from its own in F64, or on another number of
    /// threads. Small steps let both be compared; a step costs the same.
    /// </summary>
    public const double ResNet50Rate = 1e-5;

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("tiny-mlp", Mlp(16, 32, 64, 64, 1)),
        new("mlp", Mlp(128, 784, 512, 256, 10)),
        new("lenet", 3 * 64 * ((2.0 * 28 * 28 * 32 * 25) + (2.0 * 14 * 14 * 64 * 32 * 25)) + Mlp(64, 64 * 49, 256, 10)),
        new("resnet18-cifar", 3 * 32 * 2 * 555.4e6),
        new("resnet50", 3 * 8 * 2 * 4.089e9),
        new("gpt-baby", Gpt(12, 64, 4, 128, 65)),
        new("nanogpt-cpu", Gpt(NanoGpt.Rows, NanoGpt.Context, NanoGpt.Layers, NanoGpt.Width, NanoGpt.Vocabulary), Steps: NanoGpt.Steps),
        new("gpt-char", Gpt(8, 256, 6, 384, 65)),
        new("gpt2-124m", Gpt(4, 64, 12, 768, 50257)),
        new("gpt2-124m-grad", Gpt(4, 64, 12, 768, 50257)),
        new("lstm", 3 * 2.0 * 32 * 64 * 2 * (256 + 256) * 1024),
        // Forward two products, backward five, half of each masked away.
        new("attention", 4 * 6 * 7 * 2.0 * 1024 * 1024 * 64 / 2),
        new("layernorm", Bytes: 4096 * 1024 * 4.0 * 5),
        new("gelu", Bytes: 4096 * 1024 * 4.0 * 5),
        new("softmax-xent", Bytes: 4096 * 50257 * 4.0 * 3),
        new("adamw-124m", Bytes: 124_439_808 * 4.0 * 7),
        .. from type in (string[])["", "-bf16"] from n in (int[])[256, 512, 1024, 2048] select new Workload($"matmul-{n}{type}", 2.0 * n * n * n, Tolerance: type.Length == 0 ? 1e-4 : 2e-2),
        new("conv3x3", 3 * 2.0 * 32 * 32 * 32 * 64 * 64 * 9),
        new("embedding", Bytes: (50257.0 * 768 * 4) + (4 * 1024 * 768 * 4 * 4)),
        new("start"),
    ];

    static double Mlp(double batch, params double[] sizes) => Enumerable.Range(1, sizes.Length - 1).Sum(i => 6 * batch * sizes[i - 1] * sizes[i]);

    /// <summary>12·L·C² weights in the blocks and V·C in the head; scores and mixing, half of them masked away.</summary>
    static double Gpt(double batch, double tokens, double layers, double width, double vocabulary) =>
        6 * batch * tokens * ((12 * layers * width * width) + (vocabulary * width)) + (3 * batch * layers * 2 * tokens * tokens * width);
}
