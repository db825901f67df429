using Adjoint.Nn;

namespace Adjoint.Models;

/// <summary>A small convolutional network for 28×28 images of one channel: two stages of convolution, batch norm, ReLU and pooling, then a head with dropout.</summary>
/// <remarks>Shapes: x [B, 1, 28, 28] → scores [B, classes]. A modern reading of LeCun et al. 1998.</remarks>
/// <param name="random">Where initial values and dropout come from.</param>
/// <param name="classes">The number of scores.</param>
/// <param name="dropout">The probability of dropping a unit of the head.</param>
public sealed class LeNet(Generator random, long classes = 10, double dropout = 0.5) : Layer
{
    /// <summary>Images to features, [B, 32, 7, 7].</summary>
    public Sequential Features { get; } =
    [
        .. Stage(1, 16, random),
        .. Stage(16, 32, random),
    ];

    /// <summary>Features to scores.</summary>
    public Sequential Head { get; } =
    [
        new Flatten(),
        new Linear(32 * 7 * 7, 128, random),
        new Relu(),
        new Dropout(dropout, random),
        new Linear(128, classes, random),
    ];

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Head.Call(Features.Call(x));

    // Batch norm shifts by itself: the convolution needs no bias.
    static Layer[] Stage(long inputs, long outputs, Generator random) =>
    [
        new Conv2d(inputs, outputs, 5, random, padding: 2, bias: false),
        new BatchNorm(outputs),
        new Relu(),
        new MaxPool2d(2),
    ];
}
