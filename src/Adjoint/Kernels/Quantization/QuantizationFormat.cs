namespace Adjoint;

/// <summary>How the numbers of a frozen weight are kept in few bits.</summary>
public enum QuantizationFormat
{
    /// <summary>A whole number from −127 to 127 and a factor for each row, its largest magnitude/127: 8 bits a number.</summary>
    Int8,

    /// <summary>One of 16 values, which are equally likely for normal numbers, and a factor for each 64 numbers of a row, their largest magnitude: 4.5 bits a number. Source: Dettmers et al. 2023, appendix E.</summary>
    Nf4,
}
