using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Cli.Recipes;

/// <summary>A published model that learns random rows: for what depends on sizes alone.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="BatchSize">Rows a step.</param>
/// <param name="Model">The untrained model.</param>
/// <param name="Rows">Draws so many rows.</param>
/// <param name="Objective">What is learned.</param>
internal sealed record RandomTask(string Name, int BatchSize, Func<Generator, Layer> Model, Func<long, Generator, TensorDataset> Rows, Objective Objective)
{
    public static IReadOnlyList<RandomTask> All { get; } =
    [
        new("resnet18", 32, random => ResNet.Cifar18(10, random), (rows, random) => Images(rows, 32, 10, random), Objective.Classification()),
        new("resnet50", 8, random => ResNet.ImageNet50(1000, random), (rows, random) => Images(rows, 224, 1000, random), Objective.Classification()),
        new("gpt2-124m", 4, random => new Gpt(GptSettings.Gpt2Of124M, random), (rows, random) => Text(rows, 64, GptSettings.Gpt2Of124M.Vocabulary, random), Objective.NextToken()),
        new("stories260k", 16, random => new Llama(LlamaSettings.Stories260K, random), (rows, random) => Text(rows, 128, LlamaSettings.Stories260K.Vocabulary, random), Objective.NextToken()),
    ];

    /// <summary>All of a training but its end.</summary>
    public (DataLoader Train, Module<Tensor, Tensor> Model, Trainer Trainer, int Batch) Prepare(int batchSize, ulong seed)
    {
        Layer model = Model(new(seed));
        var train = new DataLoader(new Repeated(Rows(batchSize, Streams.Order(new(seed)))), batchSize, prefetch: TrainingParts.Ahead);
        return (train, model, new(model, new AdamW(model.Parameters(), learningRate: 1e-4), Objective), batchSize);
    }

    static TensorDataset Images(long rows, long side, long classes, Generator random) => new(random.Normal([rows, 3, side, side]), random.Integers([rows], 0, classes));

    static TensorDataset Text(long rows, long tokens, long vocabulary, Generator random) => new(random.Integers([rows, tokens], 0, vocabulary), random.Integers([rows, tokens], 0, vocabulary));

    /// <summary>Rows that come again and again: an epoch that does not end.</summary>
    sealed class Repeated(IDataset rows) : IDataset
    {
        public long Count => long.MaxValue / 2;

        public Batch Fetch(ReadOnlySpan<long> numbers)
        {
            long[] there = [.. numbers];
            for (int i = 0; i < there.Length; i++) there[i] %= rows.Count;
            return rows.Fetch(there);
        }
    }
}
