namespace Adjoint.Bench.Peers;

/// <summary>nanoGPT's recipe for a CPU, as far as it does not depend on who follows it: <c>adjoint recipes show gpt --preset baby</c>.</summary>
internal static class NanoGpt
{
    public const int Steps = 2000, Layers = 4, Heads = 4, Width = 128, Context = 64, Rows = 12, Vocabulary = 65;
    public const double Rate = 1e-3, LowestRate = 1e-4, WeightDecay = 0.1, Beta1 = 0.9, Beta2 = 0.99, Clip = 1;

    const int Warmup = 100, Text = 1_000_000;

    static readonly Lazy<long[]> Tokens = new(() => Values.Integers(1002, Text, Vocabulary));

    /// <summary>The rows of a step, drawn from a text as long as Shakespeare's, and the tokens that come next.</summary>
    public static (long[] Inputs, long[] Targets) Batch(int step)
    {
        long[] starts = Values.Integers((ulong)step + 2000, Rows, Text - Context - 1), inputs = new long[Rows * Context], targets = new long[Rows * Context];
        for (int row = 0; row < Rows; row++)
        {
            Array.Copy(Tokens.Value, starts[row], inputs, row * Context, Context);
            Array.Copy(Tokens.Value, starts[row] + 1, targets, row * Context, Context);
        }

        return (inputs, targets);
    }

    /// <summary>The learning rate of a step: a straight rise, then half a cosine down.</summary>
    public static double RateAt(int step) => step < Warmup ? Rate * (step + 1) / (Warmup + 1)
        : LowestRate + ((Rate - LowestRate) * (1 + Math.Cos(Math.PI * (step - Warmup) / (Steps - Warmup))) / 2);
}
