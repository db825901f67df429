namespace Adjoint.Cli.Recipes;

/// <summary>What the targets of data are.</summary>
internal enum TaskKind
{
    /// <summary>A class a row.</summary>
    Classes,

    /// <summary>Numbers.</summary>
    Numbers,

    /// <summary>The next token at every place.</summary>
    Tokens,
}

/// <summary>How a <see cref="TaskKind"/> reads.</summary>
internal static class TaskKindWords
{
    public static string Means(this TaskKind task) => task switch
    {
        TaskKind.Classes => "has a class for each row",
        TaskKind.Numbers => "has numbers to come close to",
        _ => "is a text to be continued",
    };
}
