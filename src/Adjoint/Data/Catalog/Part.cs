namespace Adjoint.Data;

/// <summary>The part of a data set that its authors set apart.</summary>
public enum Part
{
    /// <summary>For training (and validation).</summary>
    Train,

    /// <summary>For the final evaluation.</summary>
    Test,
}
