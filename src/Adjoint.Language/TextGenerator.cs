using System.Runtime.CompilerServices;

namespace Adjoint.Language;

/// <summary>Goes on with texts, token by token.</summary>
/// <remarks>When the context is full, the oldest half is dropped: see <see cref="Continuation"/>. One generator serves one text at a time.</remarks>
/// <param name="model">The model, which is switched to evaluation.</param>
/// <example><code>
/// var generator = new TextGenerator(PretrainedModel.Load("stories260K.bin", "tok512.bin"));
/// await foreach (string piece in generator.Stream("Once upon a time", new() { Tokens = 100 })) Console.Write(piece);
/// </code></example>
public sealed class TextGenerator(PretrainedModel model)
{
    readonly PretrainedModel _model = model ?? throw new ArgumentNullException(nameof(model));

    /// <summary>The tokens that follow a prompt; each is computed when it is asked for. Texts to stop at are not looked for here.</summary>
    /// <param name="prompt">The tokens so far, without <see cref="PretrainedModel.Bos"/>.</param>
    /// <param name="settings">How tokens are chosen, and how many.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; or the prompt is empty and the model has no token that texts begin with.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token of the prompt is not one of the model's.</exception>
    public IEnumerable<int> Ids(IEnumerable<int> prompt, GenerationSettings? settings = null)
    {
        settings ??= new();
        settings.Check();
        var text = new Continuation(_model);
        text.Append(prompt);
        return Ids(text, settings);
    }

    /// <summary>The tokens that follow a text that is under way, which grows by them; also by the token at which the model ends it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">How tokens are chosen, and how many.</param>
    /// <inheritdoc cref="Ids(IEnumerable{int}, GenerationSettings?)" path="/exception"/>
    public IEnumerable<int> Ids(Continuation text, GenerationSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        settings ??= new();
        settings.Check();
        return Draw(text, settings);
    }

    /// <summary>The text that follows a prompt, in pieces as soon as their characters are whole.</summary>
    /// <param name="prompt">The text so far.</param>
    /// <param name="settings">How tokens are chosen, how many, and what ends the text.</param>
    /// <param name="cancellation">Ends it after the token that is being computed.</param>
    /// <exception cref="ArgumentException">There is no tokenizer, a setting is out of its range, or the prompt cannot be encoded; or it is empty and the model has no token that texts begin with.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<string> Stream(string prompt, GenerationSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var text = new Continuation(_model);
        text.Append(Tokenizer().Encode(prompt));
        return Stream(text, settings, cancellation);
    }

    /// <summary>The text that follows one that is under way, which grows by it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">How tokens are chosen, how many, and what ends the text.</param>
    /// <param name="cancellation">Ends it after the token that is being computed; the text keeps the tokens so far.</param>
    /// <inheritdoc cref="Stream(string, GenerationSettings?, CancellationToken)" path="/exception"/>
    public IAsyncEnumerable<string> Stream(Continuation text, GenerationSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        settings ??= new();
        settings.Check();
        return Pieces(text, Tokenizer(), settings, cancellation);
    }

    async IAsyncEnumerable<string> Pieces(Continuation text, Tokenizer tokenizer, GenerationSettings settings, [EnumeratorCancellation] CancellationToken cancellation)
    {
        (WholeCharacters characters, StopTexts stops) = (new(), new(settings.Stop));
        bool isFirst = text.Window.Count == 0 || (text.Window.Count == 1 && text.Window[0] == _model.Bos);
        using IEnumerator<int> ids = Draw(text, settings).GetEnumerator();
        // A token is computed on a thread of the pool: the caller's, which may be that of a window, stays free.
        while (!stops.IsStopped && await Task.Run(ids.MoveNext, cancellation).ConfigureAwait(false))
        {
            string piece = stops.Take(characters.Take(BytesOf(ids.Current)));
            if (piece.Length > 0) yield return piece;
            cancellation.ThrowIfCancellationRequested();
        }

        string rest = stops.Take(characters.End()) + stops.End();
        if (rest.Length > 0) yield return rest;

        // Some tokenizers write the beginning of a text with a space that is none: what Decode leaves out there is left out here.
        ReadOnlySpan<byte> BytesOf(int id)
        {
            ReadOnlySpan<byte> bytes = tokenizer.Bytes(id).Span;
            bool hasNoSpace = isFirst && bytes is [(byte)' ', ..] && !tokenizer.Decode([id]).StartsWith(' ');
            isFirst = false;
            return hasNoSpace ? bytes[1..] : bytes;
        }
    }

    IEnumerable<int> Draw(Continuation text, GenerationSettings settings)
    {
        var random = new Generator(settings.Seed);
        for (int i = 0; i < settings.Tokens; i++)
        {
            int id = settings.Sampling.Choose(text.Scores(), text.Window, random);
            text.Append(id);
            if (id == _model.Tokenizer?.Eos || id == _model.Bos) yield break;
            yield return id;
        }
    }

    Tokenizer Tokenizer() => _model.Tokenizer ?? throw new ArgumentException("generate: a text needs a tokenizer, but the model has none. Hint: name one, or work with ids.");
}
