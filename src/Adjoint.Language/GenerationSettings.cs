namespace Adjoint.Language;

/// <summary>How a text is gone on with, and where it ends.</summary>
/// <remarks>It also ends where the model says that it does: at the tokenizer's <see cref="Tokenizer.Eos"/>, or at the token that the next text would begin with.</remarks>
/// <example><code>
/// var settings = new GenerationSettings { Sampling = new() { Temperature = 0.8 }, Tokens = 200, Stop = ["\n\n"] };
/// </code></example>
public sealed record GenerationSettings
{
    /// <summary>How each token is chosen.</summary>
    public Sampling Sampling { get; init; } = new();

    /// <summary>The most tokens.</summary>
    public int Tokens { get; init; } = 256;

    /// <summary>Texts that end it where they appear, wherever tokens begin and end; they are no part of what is given.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Where the random numbers start.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Refuses values that mean nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of tokens, or a value of the sampling, is out of its range.</exception>
    /// <exception cref="ArgumentException">A text to stop at is empty.</exception>
    public void Check()
    {
        Sampling.Check();
        if (Tokens < 0) throw new ArgumentOutOfRangeException(null, $"generate: the number of tokens must be at least 0, but it is {Tokens}.");
        if (Stop.Any(string.IsNullOrEmpty)) throw new ArgumentException("generate: a text to stop at must have a character at least, but one is empty.");
    }
}
