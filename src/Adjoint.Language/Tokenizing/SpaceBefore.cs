namespace Adjoint.Language.Tokenizing;

/// <summary>Where a tokenizer sees a space that a text does not have.</summary>
internal enum SpaceBefore
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>Before a text that does not begin with white space.</summary>
    BeforeText,

    /// <summary>Before every text; decoding takes it away.</summary>
    Always,
}
