namespace Adjoint.Ops;

/// <summary>The shapes and settings that the samples of the convolutions share.</summary>
internal sealed record ConvolutionCase(Shape X, Shape Weight, Window Window, long Groups = 1)
{
    public static ConvolutionCase[] All { get; } =
    [
        new([2, 3, 7, 6], [4, 3, 3, 3], new([1, 1], [0, 0], [1, 1])),
        new([2, 3, 7, 6], [5, 3, 3, 2], new([1, 1], [1, 1], [1, 1])),
        new([2, 2, 9, 8], [3, 2, 3, 3], new([2, 2], [1, 1], [1, 1])),
        new([1, 2, 9, 8], [3, 2, 3, 2], new([2, 1], [0, 2], [1, 3])),
        new([2, 4, 6, 5], [6, 2, 3, 3], new([1, 1], [1, 1], [1, 1]), 2),
        new([2, 4, 6, 7], [4, 1, 3, 3], new([1, 1], [1, 1], [1, 1]), 4),
        new([2, 3, 7, 6], [6, 1, 3, 3], new([2, 2], [1, 1], [1, 1]), 3),
        new([1, 4, 5, 5], [3, 4, 1, 1], new([1, 1], [0, 0], [1, 1])),
        new([3, 2, 4, 4], [3, 2, 4, 4], new([1, 1], [0, 0], [1, 1])),
        new([1, 1, 2, 2], [1, 1, 2, 2], new([3, 3], [3, 3], [2, 2])),
        new([2, 3, 11], [4, 3, 5], new([2], [1], [1])),
        new([1, 2, 4, 3, 5], [2, 2, 2, 3, 2], new([1, 2, 1], [1, 1, 0], [1, 1, 2])),
        new([0, 2, 4, 4], [3, 2, 3, 3], new([1, 1], [1, 1], [1, 1])),
    ];

    /// <summary>The shape of the result.</summary>
    public Shape Y => Window.Result(X, Weight);
}
