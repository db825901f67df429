using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

/// <summary>Everything that makes a training of one data set: data, model, optimizer, schedule, and how long.</summary>
internal abstract class Recipe
{
    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [new Digits(), new Mnist(), new FashionMnist()];

    /// <summary>What the command line calls it.</summary>
    public abstract string Name { get; }

    /// <summary>One line about it.</summary>
    public abstract string Summary { get; }

    /// <summary>What the classes are called.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Height and width of an image.</summary>
    public abstract int Side { get; }

    /// <summary>What a pixel of full brightness is in files.</summary>
    public abstract double Brightest { get; }

    /// <summary>Passes over the training data.</summary>
    public abstract int Epochs { get; }

    /// <summary>Rows a step.</summary>
    public abstract int BatchSize { get; }

    /// <summary>The highest learning rate.</summary>
    public abstract double LearningRate { get; }

    /// <summary>The share of each target that is spread over all classes.</summary>
    public virtual double LabelSmoothing => 0;

    /// <summary>Changes to the pixels of training images.</summary>
    public virtual IReadOnlyList<ITransform> Augmentation => [];

    /// <summary>From pixels as the data set has them to numbers from 0 to 1.</summary>
    public virtual IReadOnlyList<ITransform> ToNumbers => [];

    /// <summary>The data, divided; the division depends on the seed alone.</summary>
    public abstract Task<Splits> Load(DataSource source, Generator random);

    /// <summary>The untrained model: images [B, 1, side, side] to scores [B, classes].</summary>
    public abstract Module<Tensor, Tensor> Model(Generator random);

    /// <summary>What changes the weights.</summary>
    public abstract Optimizer Optimizer(Module model, double learningRate);

    /// <summary>The learning rate over all steps.</summary>
    public abstract Schedule Schedule(double learningRate, long steps);

    /// <summary>The recipe of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static Recipe Named(string name, string command) => All.FirstOrDefault(r => r.Name == name)
        ?? throw new UsageException($"{command}: the recipe must be {string.Join(" or ", [string.Join(", ", All.SkipLast(1).Select(r => r.Name)), All[^1].Name])}, but it is '{name}'.");
}
