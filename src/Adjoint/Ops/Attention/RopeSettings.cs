namespace Adjoint;

/// <summary>Which two elements of a head a rotary embedding turns together.</summary>
public enum RopePairs
{
    /// <summary>Elements 2i and 2i + 1, as in the paper, Meta's Llama and llama2.c.</summary>
    Adjacent,

    /// <summary>Elements i and i + D/2, as in GPT-NeoX and the checkpoints of Hugging Face.</summary>
    /// <remarks>A checkpoint fits one layout: its query and key matrices have their rows in that order.</remarks>
    Halves,
}

/// <summary>How a rotary embedding turns: pair i of a head of size D by <c>t·θ^(−2i/D)</c> at position t.</summary>
/// <remarks>Source: Su et al. 2021, §3.2.2.</remarks>
public sealed record RopeSettings
{
    /// <summary>θ, the base: the longest wavelength is almost 2π·θ tokens.</summary>
    public double Theta { get; init; } = 10_000;

    /// <summary>Which elements make a pair.</summary>
    public RopePairs Pairs { get; init; }

    /// <summary>How frequencies are slowed for a longer context; null leaves them.</summary>
    public RopeScaling? Scaling { get; init; }

    /// <summary>The angle of each pair for one position, in radians: D/2 numbers, fast ones first.</summary>
    /// <param name="headSize">D, an even number.</param>
    /// <exception cref="ArgumentException">The head size is odd or not positive, or a setting is out of range.</exception>
    public double[] Frequencies(long headSize)
    {
        Check();
        if (headSize < 2 || headSize % 2 != 0) throw new ArgumentException($"rope: the size of a head must be even and positive, but it is {headSize}.");
        double[] frequencies = new double[headSize / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            double frequency = Math.Pow(Theta, -2.0 * i / headSize);
            frequencies[i] = Scaling?.Slowed(frequency) ?? frequency;
        }

        return frequencies;
    }

    internal void Check()
    {
        if (!(Theta > 0 && double.IsFinite(Theta))) throw new ArgumentException(FormattableString.Invariant($"rope: theta must be a finite number above 0, but it is {Theta}."));
        Scaling?.Check();
    }
}

/// <summary>Llama 3.1's way to a longer context: slow pairs turn slower by a factor, fast ones stay, those between are mixed.</summary>
/// <remarks>
/// A pair is slow if its wavelength is above OriginalContext/LowFrequency tokens, and fast if below OriginalContext/HighFrequency.
/// Source: the model code that Meta published with Llama 3.1 (<c>apply_scaling</c>).
/// </remarks>
/// <param name="Factor">How much slower the slow pairs become: 8 in Llama 3.1, 32 in Llama 3.2.</param>
/// <param name="LowFrequency">The turns within the original context up to which a pair is slow.</param>
/// <param name="HighFrequency">The turns within the original context from which on a pair is fast.</param>
/// <param name="OriginalContext">The context that the model was trained for at first, in tokens.</param>
public sealed record RopeScaling(double Factor = 8, double LowFrequency = 1, double HighFrequency = 4, long OriginalContext = 8192)
{
    internal double Slowed(double frequency)
    {
        double turns = OriginalContext * frequency / (2 * Math.PI);
        double kept = Math.Clamp((turns - LowFrequency) / (HighFrequency - LowFrequency), 0, 1);
        return frequency * (kept + ((1 - kept) / Factor));
    }

    internal void Check()
    {
        if (!(Factor > 0)) throw new ArgumentException(FormattableString.Invariant($"rope: the scaling's factor must be above 0, but it is {Factor}."));
        if (!(HighFrequency > LowFrequency)) throw new ArgumentException(FormattableString.Invariant($"rope: the scaling's high frequency must be above its low one, but they are {HighFrequency} and {LowFrequency}."));
        if (OriginalContext < 1) throw new ArgumentException($"rope: the scaling's original context must be at least 1, but it is {OriginalContext}.");
    }
}
