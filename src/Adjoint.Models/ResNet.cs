using Adjoint.Nn;

namespace Adjoint.Models;

/// <summary>A residual network for images: a stem, stages of residual blocks that halve the image and double the channels, the mean, a linear head.</summary>
/// <remarks>
/// Shapes: x [B, channels, H, W] → scores [B, classes]. Blocks are two 3×3 convolutions, or a 1×1, a 3×3 and a 1×1 that widens
/// fourfold (bottleneck), each with batch norm; where shapes change, a 1×1 convolution leads around. The stride of a bottleneck
/// is in its 3×3 convolution, as is usual since.
/// Source: He et al. 2016, table 1 and §4.2.
/// </remarks>
public sealed class ResNet : Layer
{
    /// <summary>Draws the weights.</summary>
    /// <param name="blocks">The number of blocks of each stage.</param>
    /// <param name="classes">The number of scores.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="channels">The number of x's channels.</param>
    /// <param name="width">The width of the first stage; it doubles with every stage.</param>
    /// <param name="isBottleneck">Whether blocks narrow to their width and widen to four times that.</param>
    /// <param name="isForSmallImages">A stem that keeps the size (3×3) in place of one that divides it by four (7×7 and pooling).</param>
    /// <exception cref="ArgumentException">There is no stage, or a stage has no block.</exception>
    public ResNet(ReadOnlySpan<int> blocks, long classes, Generator random, long channels = 3, long width = 64, bool isBottleneck = false, bool isForSmallImages = false)
    {
        if (blocks.Length == 0 || blocks.ContainsAnyExceptInRange(1, int.MaxValue)) throw new ArgumentException($"resnet: each stage needs at least one block, but the stages have [{string.Join(", ", blocks.ToArray())}].");
        Stem = isForSmallImages
            ? [new Conv2d(channels, width, 3, random, padding: 1, bias: false), new BatchNorm(width), new Relu()]
            : [new Conv2d(channels, width, 7, random, stride: 2, padding: 3, bias: false), new BatchNorm(width), new Relu(), new MaxPool2d(3, stride: 2, padding: 1)];
        var body = new List<Layer>();
        long inputs = width;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            long stageWidth = width << stage, outputs = isBottleneck ? 4 * stageWidth : stageWidth;
            for (int block = 0; block < blocks[stage]; block++)
            {
                body.Add(Block(inputs, stageWidth, outputs, stage > 0 && block == 0 ? 2 : 1, isBottleneck, random));
                body.Add(new Relu());
                inputs = outputs;
            }
        }

        Body = new(body);
        Head = [new AdaptiveAvgPool2d(1), new Flatten(), new Linear(inputs, classes, random)];
    }

    /// <summary>Images to the first features.</summary>
    public Sequential Stem { get; }

    /// <summary>The residual blocks.</summary>
    public Sequential Body { get; }

    /// <summary>Features to scores.</summary>
    public Sequential Head { get; }

    /// <summary>18 layers for images of about 32×32: 11.2 million parameters at 10 classes.</summary>
    public static ResNet Cifar18(long classes, Generator random) => new([2, 2, 2, 2], classes, random, isForSmallImages: true);

    /// <summary>18 layers for images of about 224×224: 11,689,512 parameters at 1,000 classes.</summary>
    public static ResNet ImageNet18(long classes, Generator random) => new([2, 2, 2, 2], classes, random);

    /// <summary>50 layers for images of about 224×224: 25,557,032 parameters at 1,000 classes.</summary>
    public static ResNet ImageNet50(long classes, Generator random) => new([3, 4, 6, 3], classes, random, isBottleneck: true);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Head.Call(Body.Call(Stem.Call(x)));

    static Residual Block(long inputs, long width, long outputs, int stride, bool isBottleneck, Generator random)
    {
        Sequential body = isBottleneck
            ?
            [
                new Conv2d(inputs, width, 1, random, bias: false), new BatchNorm(width), new Relu(),
                new Conv2d(width, width, 3, random, stride, padding: 1, bias: false), new BatchNorm(width), new Relu(),
                new Conv2d(width, outputs, 1, random, bias: false), new BatchNorm(outputs),
            ]
            :
            [
                new Conv2d(inputs, width, 3, random, stride, padding: 1, bias: false), new BatchNorm(width), new Relu(),
                new Conv2d(width, outputs, 3, random, padding: 1, bias: false), new BatchNorm(outputs),
            ];
        return new(body, inputs == outputs && stride == 1 ? null : new Sequential(new Conv2d(inputs, outputs, 1, random, stride, bias: false), new BatchNorm(outputs)));
    }
}
