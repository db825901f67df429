namespace Adjoint.Cli.Recipes;

/// <summary>Whether a language model is large enough for a text.</summary>
internal static class TokenRoom
{
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Check(string model, long vocabulary, long context, DataFacts data)
    {
        if (vocabulary < data.Vocabulary) throw new ArgumentException($"{model}: the vocabulary must be at least that of the data, but they are {vocabulary} and {data.Vocabulary}. Hint: leave it out.");
        if (context < data.Input[0]) throw new ArgumentException($"{model}: the context must be at least that of the data, but they are {context} and {data.Input[0]}. Hint: leave it out, or make data.context smaller.");
    }
}
