namespace Adjoint.Cli.Recipes;

/// <summary>What a model must know of its data before it can be built; a model's file keeps it.</summary>
/// <param name="Input">The shape of a row's inputs.</param>
/// <param name="Names">What the classes, or the numbers to come close to, are called; none for a text.</param>
/// <param name="Vocabulary">How many different tokens there are; 0 where inputs are numbers.</param>
/// <param name="Characters">The characters that tokens stand for, in the order of their numbers; null where tokens are something else.</param>
/// <param name="Tokenizer">What tells the tokenizer of byte pairs from others; null where tokens are something else.</param>
internal sealed record DataFacts(Shape Input, IReadOnlyList<string> Names, long Vocabulary = 0, string? Characters = null, string? Tokenizer = null)
{
    /// <summary>How many scores, or numbers, a model gives.</summary>
    public long Outputs => Vocabulary > 0 ? Vocabulary : Names.Count;

    /// <summary>Whether a model of the one fits the other.</summary>
    public bool Fits(DataFacts other) => Input == other.Input && Vocabulary == other.Vocabulary && Characters == other.Characters && Tokenizer == other.Tokenizer && Names.SequenceEqual(other.Names);
}
