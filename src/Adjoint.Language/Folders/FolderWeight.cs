namespace Adjoint.Language.Folders;

/// <summary>How a matrix of the folder differs from the parameter it becomes.</summary>
internal enum Turn
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Rows are columns: GPT-2's "Conv1D" has inputs first.</summary>
    Transposed,

    /// <summary>Queries and keys, whose rows follow the layout of rotary pairs: the folder has halves.</summary>
    RotaryPairs,
}

/// <summary>A tensor of a folder and the parameter that it becomes.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Parameter">The parameter's path in the model.</param>
/// <param name="Shape">Its shape in the folder.</param>
/// <param name="Turn">How it differs.</param>
internal readonly record struct FolderWeight(string Name, string Parameter, Shape Shape, Turn Turn = Turn.None);
