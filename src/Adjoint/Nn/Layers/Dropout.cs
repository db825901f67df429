namespace Adjoint.Nn;

/// <summary>While training, zeroes each element with probability p and scales the others by 1/(1 − p); passes everything in evaluation.</summary>
/// <remarks>Saves nothing for the backward pass. The layer has a stream of its own, whose position is part of what a resume needs (<see cref="Module.NamedGenerators"/>).</remarks>
public sealed class Dropout : Layer
{
    /// <summary>Takes a stream of its own from a generator.</summary>
    /// <param name="probability">From 0 to 1.</param>
    /// <param name="random">The generator; it moves on by one number.</param>
    /// <exception cref="ArgumentException">The probability is not from 0 to 1.</exception>
    public Dropout(double probability, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!(probability is >= 0 and <= 1)) throw new ArgumentException($"dropout: the probability must be from 0 to 1, but it is {probability}.");
        Probability = probability;
        Random = random.Split((ulong)random.NextInteger(long.MaxValue));
    }

    /// <summary>The probability of dropping an element.</summary>
    public double Probability { get; }

    /// <summary>The layer's own stream.</summary>
    public Generator Random { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Probability > 0 && BehavesAsInTraining() ? x.Dropout(Probability, Random) : x;
    }
}
