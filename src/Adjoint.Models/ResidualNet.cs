using Adjoint.Nn;

namespace Adjoint.Models;

/// <summary>A small residual network for images: a stem, stages of residual blocks that halve the image and double the channels, the mean, a linear head.</summary>
/// <remarks>Shapes: x [B, channels, H, W] → scores [B, classes]. Source: He et al. 2016, §4.2, with a projection where shapes change.</remarks>
public sealed class ResidualNet : Layer
{
    /// <summary>Draws the weights.</summary>
    /// <param name="channels">The number of x's channels.</param>
    /// <param name="classes">The number of scores.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="width">The channels of the first stage.</param>
    /// <param name="stages">The number of stages.</param>
    /// <param name="blocks">The residual blocks of a stage.</param>
    public ResidualNet(long channels, long classes, Generator random, long width = 16, int stages = 3, int blocks = 1)
    {
        Stem = [new Conv2d(channels, width, 3, random, padding: 1, bias: false), new BatchNorm(width), new Relu()];
        var body = new List<Layer>();
        for (int stage = 0; stage < stages; stage++)
        {
            for (int block = 0; block < blocks; block++)
            {
                bool narrows = stage > 0 && block == 0;
                body.Add(Block(narrows ? width / 2 : width, width, narrows ? 2 : 1, random));
                body.Add(new Relu());
            }

            if (stage < stages - 1) width *= 2;
        }

        Body = new(body);
        Head = [new AdaptiveAvgPool2d(1), new Flatten(), new Linear(width, classes, random)];
    }

    /// <summary>Images to the first features.</summary>
    public Sequential Stem { get; }

    /// <summary>The residual blocks.</summary>
    public Sequential Body { get; }

    /// <summary>Features to scores.</summary>
    public Sequential Head { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Head.Call(Body.Call(Stem.Call(x)));

    static Residual Block(long inputs, long outputs, int stride, Generator random) => new(
        new Sequential(
            new Conv2d(inputs, outputs, 3, random, stride, padding: 1, bias: false),
            new BatchNorm(outputs),
            new Relu(),
            new Conv2d(outputs, outputs, 3, random, padding: 1, bias: false),
            new BatchNorm(outputs)),
        inputs == outputs && stride == 1 ? null : new Sequential(new Conv2d(inputs, outputs, 1, random, stride, bias: false), new BatchNorm(outputs)));
}
