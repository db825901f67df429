namespace Adjoint;

/// <summary>What becomes of the losses of single elements or rows.</summary>
public enum Reduction
{
    /// <summary>Their mean; rows that are ignored do not count, and class weights count as the number of rows.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They are returned one by one.</summary>
    None,
}
