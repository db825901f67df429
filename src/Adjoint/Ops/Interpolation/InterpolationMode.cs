namespace Adjoint;

/// <summary>How values between the elements of an image are found.</summary>
public enum InterpolationMode
{
    /// <summary>The element at <c>⌊i·step⌋</c>, step being how far apart in x neighbours of the result are.</summary>
    Nearest,

    /// <summary>The element whose middle is nearest: <c>⌊(i + ½)·step⌋</c>.</summary>
    NearestExact,

    /// <summary>On the line between two neighbours, along each axis: linear, bilinear, trilinear.</summary>
    Linear,

    /// <summary>On a cubic through four neighbours, along each axis: Keys' kernel with a = −¾, borders repeated.</summary>
    Cubic,

    /// <summary>The mean of the elements that the result's element covers.</summary>
    Area,
}
