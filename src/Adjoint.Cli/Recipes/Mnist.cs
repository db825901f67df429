using Adjoint.Data;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

/// <summary>MNIST's 70,000 digits of 28×28 pixels.</summary>
internal sealed class Mnist : Recipe
{
    public override string Name => "mnist";

    public override string Summary => "70,000 handwritten digits of 28x28 pixels; LeNet with batch norm and dropout, minutes";

    public override IReadOnlyList<string> Classes => Catalog.Mnist.Classes;

    public override int Side => 28;

    public override double Brightest => 255;

    public override int Epochs => 5;

    public override int BatchSize => 64;

    public override double LearningRate => 3e-3;

    public override IReadOnlyList<ITransform> Augmentation => [new RandomCrop(2)];

    public override IReadOnlyList<ITransform> ToNumbers => [new ToFloat(255)];

    public override Task<Splits> Load(DataSource source, Generator random) => source.Load(Catalog.Mnist, 1.0 / 12, random);

    public override Module<Tensor, Tensor> Model(Generator random) => new LeNet(random, classes: 10, dropout: 0.3);

    public override Optimizer Optimizer(Module model, double learningRate) => new AdamW(model.Parameters(), learningRate, weightDecay: 0.01);

    public override Schedule Schedule(double learningRate, long steps) => new OneCycle(learningRate, steps);
}
