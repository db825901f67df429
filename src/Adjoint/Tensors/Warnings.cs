namespace Adjoint;

/// <summary>Where the library says what is probably a mistake but may be meant; by default a line on standard error.</summary>
/// <remarks>
/// A redirection holds for the calling flow of execution and what it starts (threads, tasks), until it is disposed: two parts of a
/// program, or two tests that run side by side, do not see each other's.
/// </remarks>
/// <example><code>using IDisposable logged = Warnings.Redirect(text => logger.LogWarning("{Warning}", text));</code></example>
public static class Warnings
{
    static readonly AsyncLocal<Action<string>?> Handler = new();

    /// <summary>Sends warnings elsewhere until the result is disposed.</summary>
    /// <param name="handler">Receives each warning, one sentence, on the thread that caused it.</param>
    public static IDisposable Redirect(Action<string> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var redirection = new Redirection(Handler.Value);
        Handler.Value = handler;
        return redirection;
    }

    /// <summary>Gives a warning; layers outside this library may use it too.</summary>
    /// <param name="sentence">What was found, why it is probably a mistake, and what to do.</param>
    public static void Raise(string sentence)
    {
        if (Handler.Value is { } handler) handler(sentence);
        else Console.Error.WriteLine($"warning: {sentence}");
    }

    sealed class Redirection(Action<string>? before) : IDisposable
    {
        public void Dispose() => Handler.Value = before;
    }
}
